// A viewer who never leaves: reads a camera over RTSP, connects again by itself, and knows each frame by the counter in
// its picture (osd.mjs). One decoder serves all connections, since a start of ffmpeg is dear in the guest.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { ffmpegBinary } from '@mediamtx-camera-service/testkit';

import { H264Depacketizer } from '../../../dist/taps/h264.js';
import { RtspClient } from '../../../dist/taps/rtsp-client.js';
import { OSD_BYTES, OSD_CROP, readCounter } from './osd.mjs';
import { until } from './steps.mjs';

const RETRY_MS = 100;
// MediaMTX answers only when the camera is live or its start has failed.
const REQUEST_TIMEOUT_MS = 60_000;
// An access unit delimiter: the decoder gives a frame out when it sees that the next one begins.
const DELIMITER = Buffer.from([0, 0, 0, 1, 9, 0xf0]);
// A frame that was taken before a fault may still be under way after it.
const FRAMES_UNDER_WAY = 10;
// More than frames are ever late: such a jump of the stream's beginning is a new stream.
const NEW_STREAM_MS = 4_000;
/** The counter of a vivid camera at 320x180: where it is in the picture, how many bytes of gray, and what they say. */
const VIVID_COUNTER = { crop: OSD_CROP, bytes: OSD_BYTES, read: readCounter };

export class Viewer {
  /** What was seen, in its order: when, in which stream of the device, which frame; no number where none is shown. */
  frames = [];
  /** Connections that gave a picture. */
  connections = 0;
  #target;
  #counter;
  #decoder;
  #client;
  #rest = Buffer.alloc(0);
  #isStopped = false;
  #newest = { run: 0, sequence: Infinity, beganMs: -Infinity };

  /** @param url rtsp://[user:password@]host:port/path */
  constructor(url, counter = VIVID_COUNTER) {
    const { hostname, port, pathname, username, password } = new URL(url);
    const login = username ? { username, password } : {};
    this.#target = { host: hostname, port: Number(port), path: pathname.slice(1), ...login };
    this.#counter = counter;
    this.#decoder = startDecoder(counter.crop);
    this.#decoder.stdout.on('data', (chunk) => this.#takePixels(chunk));
    void this.#keepWatching();
  }

  /** The newest frame that shows its number; undefined before the first. */
  get newest() {
    return this.frames.findLast(({ sequence }) => sequence !== null);
  }

  /** What is known at this moment; with it, later frames are told from those that are under way. */
  mark() {
    return { index: this.frames.length, run: 0, sequence: -1, ...this.newest };
  }

  /** The first frame that the camera surely took after the mark. */
  firstAfter(mark) {
    return this.frames
      .slice(mark.index)
      .find(({ run, sequence }) =>
        sequence === null ? false : run > mark.run || sequence > mark.sequence + FRAMES_UNDER_WAY,
      );
  }

  /** Waits for a frame that the camera surely took after the mark. */
  resumes(mark, timeoutMs) {
    return until(`a frame after ${JSON.stringify(mark)}`, () => this.firstAfter(mark), timeoutMs);
  }

  /** The longest time without a frame since the mark, and how many frames came. */
  gapSince(mark) {
    const times = this.frames.slice(Math.max(0, mark.index - 1)).map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((atMs, index) => atMs - times[index]);
    return { longestMs: Math.max(0, ...gaps), frames: gaps.length };
  }

  async stop() {
    this.#isStopped = true;
    this.#client?.close();
    this.#decoder.kill('SIGKILL');
    await once(this.#decoder, 'close');
  }

  async #keepWatching() {
    while (!this.#isStopped) {
      await this.#watchOnce();
      await sleep(RETRY_MS);
    }
  }

  async #watchOnce() {
    let depacketizer;
    const client = new RtspClient({
      target: this.#target,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      onPacket: (packet) => depacketizer?.push(packet),
    });
    this.#client = client;
    try {
      const track = await client.describe();
      depacketizer = new H264Depacketizer({
        parameterSets: track.parameterSets,
        onUnit: (unit) => this.#decode(unit, depacketizer.parameterSets),
      });
      await client.play(track);
      this.connections += 1;
      await client.closed;
    } catch {
      // Not there at present: that is what the viewer waits out.
    } finally {
      client.close();
    }
  }

  #decode({ data, isKeyframe }, parameterSets) {
    if (isKeyframe && parameterSets) this.#decoder.stdin.write(parameterSets);
    this.#decoder.stdin.write(Buffer.concat([data, DELIMITER]));
  }

  #takePixels(chunk) {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const { bytes, read } = this.#counter;
    for (; this.#rest.length >= bytes; this.#rest = this.#rest.subarray(bytes)) {
      this.#takeFrame(Date.now(), read(this.#rest.subarray(0, bytes)));
    }
  }

  #takeFrame(atMs, counter) {
    if (!counter) return this.frames.push({ atMs, run: this.#newest.run, sequence: null });
    const { sequence, streamMs } = counter;
    const beganMs = atMs - streamMs;
    // The same number again is the same frame: ffmpeg repeats one where the camera is late.
    const isNewStream = sequence < this.#newest.sequence || beganMs > this.#newest.beganMs + NEW_STREAM_MS;
    const run = this.#newest.run + (isNewStream ? 1 : 0);
    this.#newest = {
      run,
      sequence,
      beganMs: isNewStream ? beganMs : Math.min(beganMs, this.#newest.beganMs),
    };
    return this.frames.push({ atMs, run, sequence });
  }
}

function startDecoder(crop) {
  const input = ['-f', 'h264', '-probesize', '5000', '-analyzeduration', '0', '-flags', 'low_delay'];
  const output = ['-vf', `crop=${crop},format=gray`, '-fps_mode', 'passthrough', '-f', 'rawvideo'];
  const args = ['-loglevel', 'fatal', '-threads', '1', ...input, '-i', 'pipe:0', ...output, 'pipe:1'];
  const decoder = spawn(ffmpegBinary(), args, { stdio: ['pipe', 'pipe', 'inherit'] });
  // Written to after it was stopped: nobody looks any more.
  decoder.stdin.on('error', () => undefined);
  return decoder;
}
