import { Backoff } from '../process/backoff.ts';
import { delay } from '../process/delay.ts';
import { type Calm, CalmMeter } from './calm-meter.ts';
import { type Gop, GopBuffer } from './gop.ts';
import { type AccessUnit, H264Depacketizer } from './h264.ts';
import { RateMeter } from './rate-meter.ts';
import { RtspClient, type TapTarget } from './rtsp-client.ts';
import { describeRtspFailure } from './rtsp-errors.ts';

export type TapState = 'connecting' | 'live' | 'lost';

export interface TapStats {
  /** Frames received since the tap was opened. */
  frames: number;
  /** Bytes of video received since the tap was opened. */
  bytes: number;
  fps: number;
  /** Bits a second. */
  bitrate: number;
  /** Times that packets were missing. */
  gaps: number;
  /** Epoch ms of the newest frame; null before the first. */
  lastArrivalMs: number | null;
}

export interface LatestOptions {
  /** The newest frame must have arrived at or after this, epoch ms. */
  notBeforeMs?: number;
  /** How long to wait for it; default 3 s. */
  timeoutMs?: number;
}

interface Waiter {
  notBeforeMs: number;
  finish: () => void;
}

export interface TapListeners {
  onState: (state: TapState, reason?: string) => void;
  /** Called at each change of it; null before the first. */
  onCalm: (calm: Calm | null) => void;
}

/** Reads one camera's path and holds its newest GOP; reconnects for as long as it is open. */
export class Tap {
  #target: TapTarget;
  #listeners: TapListeners;
  #abort = new AbortController();
  #backoff = new Backoff({ firstMs: 100, maxMs: 500 });
  #client: RtspClient | undefined;
  #gop = new GopBuffer();
  #rate = new RateMeter();
  #calmMeter = new CalmMeter();
  #calm: Calm | null = null;
  #waiters = new Set<Waiter>();
  #state: TapState | undefined;
  #reason: string | undefined;
  #frames = 0;
  #bytes = 0;
  #gaps = 0;

  constructor(target: TapTarget, listeners: TapListeners) {
    this.#target = target;
    this.#listeners = listeners;
  }

  get localPort(): number | undefined {
    return this.#client?.localPort;
  }

  start(): void {
    this.#setState('connecting');
    void this.#keepConnected();
  }

  /** Closes the connection and answers everyone who still waits. */
  stop(): void {
    this.#abort.abort();
    this.#client?.close();
    for (const waiter of this.#waiters) waiter.finish();
  }

  /** Waits for a GOP that is new enough; after the time-out gives the one there is, or undefined. */
  async latest(options: LatestOptions = {}, signal?: AbortSignal): Promise<Gop | undefined> {
    const notBeforeMs = options.notBeforeMs ?? 0;
    if (!this.#isNewEnough(notBeforeMs)) {
      await this.#waitForFrame(notBeforeMs, {
        timeoutMs: options.timeoutMs ?? 3000,
        ...(signal && { signal }),
      });
    }
    return signal?.aborted === true ? undefined : this.#gop.snapshot();
  }

  stats(): TapStats {
    return {
      frames: this.#frames,
      bytes: this.#bytes,
      ...this.#rate.read(Date.now()),
      gaps: this.#gaps,
      lastArrivalMs: this.#gop.lastArrivalMs ?? null,
    };
  }

  async #keepConnected(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      const reason = await this.#runSession();
      if (signal.aborted) return;
      this.#setState('lost', reason);
      // What comes next may be another picture.
      this.#calmMeter = new CalmMeter();
      this.#setCalm(null);
      await delay(this.#backoff.next(), signal);
    }
  }

  /** One session from connecting to its end; resolves with the reason. */
  async #runSession(): Promise<string> {
    let depacketizer: H264Depacketizer | undefined;
    const client = new RtspClient({ target: this.#target, onPacket: (packet) => depacketizer?.push(packet) });
    this.#client = client;
    try {
      const track = await client.describe();
      depacketizer = new H264Depacketizer({
        parameterSets: track.parameterSets,
        onUnit: (unit) => this.#takeUnit(unit, depacketizer),
        onGap: () => {
          this.#gaps += 1;
        },
      });
      await client.play(track);
      return describeRtspFailure(await client.closed);
    } catch (error) {
      return describeRtspFailure(error);
    } finally {
      client.close();
    }
  }

  #takeUnit(unit: AccessUnit, source: H264Depacketizer | undefined): void {
    const nowMs = Date.now();
    this.#frames += 1;
    this.#bytes += unit.data.length;
    this.#rate.add(nowMs, unit.data.length);
    if (!unit.isKeyframe) this.#gop.append(unit, nowMs);
    else if (source?.parameterSets !== undefined) {
      this.#gop.startGroup(unit, nowMs, { parameterSets: source.parameterSets, size: source.size });
      this.#backoff.reset();
      this.#setState('live');
    }
    this.#setCalm(this.#calmMeter.add(unit, nowMs));
    for (const waiter of this.#waiters) if (this.#isNewEnough(waiter.notBeforeMs)) waiter.finish();
  }

  #isNewEnough(notBeforeMs: number): boolean {
    return (this.#gop.lastArrivalMs ?? -1) >= notBeforeMs;
  }

  #waitForFrame(notBeforeMs: number, limits: { timeoutMs: number; signal?: AbortSignal }): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        limits.signal?.removeEventListener('abort', finish);
        this.#waiters.delete(waiter);
        resolve();
      };
      const waiter: Waiter = { notBeforeMs, finish };
      const timer = setTimeout(finish, limits.timeoutMs);
      this.#waiters.add(waiter);
      limits.signal?.addEventListener('abort', finish, { once: true });
      if (this.#abort.signal.aborted || limits.signal?.aborted === true) finish();
    });
  }

  #setState(state: TapState, reason?: string): void {
    if (this.#state === state && this.#reason === reason) return;
    this.#state = state;
    this.#reason = reason;
    this.#listeners.onState(state, reason);
  }

  #setCalm(calm: Calm | null): void {
    if (this.#calm === calm) return;
    this.#calm = calm;
    this.#listeners.onCalm(calm);
  }
}
