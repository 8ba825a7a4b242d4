import { RtspClient } from '../../packages/server/dist/taps/rtsp-client.js';
import { H264Depacketizer } from '../../packages/server/dist/taps/h264.js';
import { pause } from './numbers.mjs';

/** An RTSP viewer who comes again at once whenever he is cut off, and notes when each picture came. */
export class Viewer {
  /** Of the frames since `forget`: when they came, epoch ms. */
  frameTimes = [];
  /** Those of them that begin a picture anew: `{atMs, connection, data}`, the data as an H.264 file. */
  keyframes = [];
  #target;
  #retryMs;
  #client;
  #connection = 0;
  #isStopped = false;
  #watching;

  /** `retryMs`: the pause before he comes again. */
  constructor(url, { retryMs = 20 } = {}) {
    const { hostname, port, pathname, username, password } = new URL(url);
    const login = username ? { username, password } : {};
    this.#target = { host: hostname, port: Number(port), path: pathname.slice(1), ...login };
    this.#retryMs = retryMs;
    this.#watching = this.#keepWatching();
  }

  /** The number of the present connection; one that is made later has a higher one. */
  get connection() {
    return this.#connection;
  }

  /** What comes from here on counts. */
  forget() {
    this.frameTimes = [];
    this.keyframes = [];
  }

  async [Symbol.asyncDispose]() {
    this.#isStopped = true;
    this.#client?.close();
    await this.#watching;
  }

  async #keepWatching() {
    while (!this.#isStopped) {
      await this.#watchOnce();
      if (!this.#isStopped) await pause(this.#retryMs);
    }
  }

  async #watchOnce() {
    const connection = (this.#connection += 1);
    let depacketizer;
    // MediaMTX answers only when the picture is there or its start has failed.
    const client = new RtspClient({
      target: this.#target,
      requestTimeoutMs: 120_000,
      onPacket: (packet) => depacketizer?.push(packet),
    });
    this.#client = client;
    try {
      const track = await client.describe();
      depacketizer = new H264Depacketizer({
        parameterSets: track.parameterSets,
        onUnit: (unit) => this.#take(unit, { connection, sets: depacketizer.parameterSets }),
      });
      await client.play(track);
      await client.closed;
    } catch {
      // Not there at present: that is what the viewer waits out.
    } finally {
      client.close();
    }
  }

  #take({ data, isKeyframe }, { connection, sets }) {
    const atMs = Date.now();
    this.frameTimes.push(atMs);
    if (isKeyframe)
      this.keyframes.push({ atMs, connection, data: Buffer.concat([...(sets ? [sets] : []), data]) });
  }
}
