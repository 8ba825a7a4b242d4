import { setTimeout as delay } from 'node:timers/promises';
import type { CameraServiceClient } from '@mediamtx-camera-service/client';
import { until, type Service } from '@mediamtx-camera-service/testkit';
import { expect } from 'vitest';
import { findLeftovers } from '../../src/process/leftovers.ts';
import type { ReconnectingViewer } from './reconnecting-viewer.ts';

export interface StormOptions {
  service: Service;
  client: CameraServiceClient;
  viewers: ReconnectingViewer[];
  /** Of the camera whose recording is stopped and started on the way. */
  recordedDevice: string;
  random: () => number;
}

/** Deaths in a random order, at random moments; one may hit while the one before is being mended. */
export class Storm {
  readonly #options: StormOptions;
  readonly #random: () => number;
  readonly #actions: Promise<unknown>[] = [];
  /** What was done and what the service said, for the error of a test. */
  readonly steps: string[] = [];
  /** Whether the last answer about the recorded camera was that it is being recorded. */
  mustRecord = true;
  #recording: Promise<void> = Promise.resolve();
  #logs = '';

  constructor(options: StormOptions) {
    this.#options = options;
    this.#random = options.random;
  }

  /** What the service survives, and what people do meanwhile. */
  readonly #mild = {
    'capture killed': () => this.#kill('capture'),
    'MediaMTX killed': () => this.#kill('mediamtx'),
    'capture and MediaMTX killed': () => this.#kill(...this.#shuffle<Target>('capture', 'mediamtx')),
    'capture hangs': () => this.#signal('capture', 'SIGSTOP'),
    'MediaMTX hangs': () => this.#hangMediaMtx(),
    'viewer comes or goes': () => this.#toggleViewer(),
    'recording ends and begins': () => this.#recordAnew(),
    'snapshot is taken': () => this.#takeSnapshot(),
  };

  readonly #hard = {
    'service killed': () => this.#killService(),
    'service and MediaMTX killed': () => this.#killService('mediamtx'),
    'service and capture killed': () => this.#killService('capture'),
    'service, capture and MediaMTX killed': () => this.#killService('capture', 'mediamtx'),
    'service killed while all hangs': () => this.#killWhileAllHangs(),
    'service killed in its start': () => this.#killStart(),
    'service stopped': () => this.#stopService(),
  };

  get log(): string {
    return this.#logs + this.#options.service.log;
  }

  async rage(count: number, { withService }: { withService: boolean }): Promise<void> {
    const steps = { ...this.#mild, ...(withService && this.#hard) };
    for (let n = 0; n < count; n++) {
      const [name, act] = this.#pick(Object.entries(steps));
      this.steps.push(name);
      await act();
      // The moment of the next is what is tried.
      await delay(this.#random() ** 2 * 1_500);
      expect(this.#options.service.program.hasExited).toBe(false);
    }
    await Promise.all(this.#actions);
  }

  #kill(...targets: Target[]): void {
    for (const target of targets) this.#signal(target, 'SIGKILL');
  }

  #signal(target: Target, signal: NodeJS.Signals): void {
    const found = findTargets(this.#options.service, target);
    if (found.length > 0) signalIfThere(this.#pick(found), signal);
  }

  async #hangMediaMtx(): Promise<void> {
    const pids = findTargets(this.#options.service, 'mediamtx');
    for (const pid of pids) signalIfThere(pid, 'SIGSTOP');
    await delay(this.#random() * 3_000);
    const present = findTargets(this.#options.service, 'mediamtx');
    for (const pid of pids) if (present.includes(pid)) signalIfThere(pid, 'SIGCONT');
  }

  async #killService(...others: Target[]): Promise<void> {
    const { service } = this.#options;
    for (const target of this.#shuffle('service' as const, ...others)) {
      if (target === 'service') service.program.kill('SIGKILL');
      else this.#kill(target);
    }
    await service.program.exited;
    await this.#startAgain();
  }

  async #killWhileAllHangs(): Promise<void> {
    const { service } = this.#options;
    for (const target of ['mediamtx', 'capture'] as const)
      for (const pid of findTargets(service, target)) signalIfThere(pid, 'SIGSTOP');
    await this.#killService();
  }

  #startAgain(): Promise<void> {
    const { service } = this.#options;
    this.#logs += `${service.log}\n`;
    return service.startAgain();
  }

  async #killStart(): Promise<void> {
    const { service } = this.#options;
    await service.kill();
    const before = service.program;
    const starting = this.#startAgain().catch(() => undefined);
    await until(() => service.program !== before);
    await delay(this.#random() * 1_000);
    await service.kill();
    await this.#startAgain();
    // It waited for the ready file that this start has written.
    await starting;
  }

  async #stopService(): Promise<void> {
    const { service } = this.#options;
    expect(await service.stop()).toBe(0);
    expect(findLeftovers(service.dataDir)).toEqual([]);
    await this.#startAgain();
  }

  async #toggleViewer(): Promise<void> {
    const viewer = this.#pick(this.#options.viewers);
    if (viewer.isWatching) await viewer.stop();
    else viewer.start();
  }

  #recordAnew(): void {
    const { client, recordedDevice: device } = this.#options;
    const format = this.#pick(['mp4', 'fmp4', 'mkv'] as const);
    const before = this.#recording;
    const recording = (async () => {
      await before.catch(() => undefined);
      this.mustRecord = false;
      await client.call('stop_recording', { device });
      await client.call('start_recording', { device, format });
      this.mustRecord = true;
    })();
    this.#recording = recording;
    this.#act(() => recording);
  }

  #takeSnapshot(): void {
    const device = this.#pick(['camera0', 'camera1', 'camera2']);
    this.#act(() => this.#options.client.call('take_snapshot', { device }));
  }

  /** Not waited for, so that the next step hits it on its way; it may fail for good reasons. */
  #act(act: () => Promise<unknown>): void {
    this.#actions.push(act().catch(() => undefined));
  }

  #pick<T>(items: T[]): T {
    return items[Math.floor(this.#random() * items.length)]!;
  }

  #shuffle<T>(...items: T[]): T[] {
    return items
      .map((item) => ({ item, at: this.#random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item);
  }
}

type Target = 'capture' | 'mediamtx';

const marks: Record<Target, RegExp> = { capture: /rtsp:\/\/\S+\/camera\d+$/, mediamtx: /mediamtx\.yml$/ };

function findTargets(service: Service, target: Target): number[] {
  return findLeftovers(service.dataDir)
    .filter(({ command }) => marks[target].test(command))
    .map(({ pid }) => pid);
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended since it was found.
  }
}
