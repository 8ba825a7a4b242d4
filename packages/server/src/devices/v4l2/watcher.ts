// Finds the V4L2 cameras below /dev and keeps the list. Level-triggered: an event of the directory, a timer or
// a caller only says "look now", and every look probes all nodes. So a missed, doubled or late event costs
// nothing but time. One look at a time; a wish during a look makes another one follow.
import { watch, type FSWatcher } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { CandidateList } from '../candidate-list.ts';
import type { CandidatesListener, DeviceWatcher } from '../device.ts';
import { prepareNativeCalls } from './ioctl.ts';
import { NodeMemory } from './node-memory.ts';
import { probeNode, type Probe } from './probe.ts';

export interface V4l2WatcherOptions {
  /** Where the nodes are; /dev. */
  devDir?: string;
  /** Where the kernel describes them; /sys. */
  sysDir?: string;
  /** Looks without an event this often, for what the directory does not tell; 15 s. */
  rescanMs?: number;
  /** Looks once more this long after the last event of a burst; 300 ms. */
  settleMs?: number;
  /** A node that does not answer in this time holds up the list no longer; 3 s. */
  probeTimeoutMs?: number;
  /** Takes a line about what does not work as it should. */
  log?: { warn(fields: object, message: string): void };
}

/** How soon a node is tried again that we may not open yet. */
const PERMISSION_RETRY_MS = 200;

const LATE: Probe = { outcome: 'late' };

const NODE_NAME = /^video\d+$/;

export class V4l2Watcher implements DeviceWatcher {
  readonly #options: Required<Omit<V4l2WatcherOptions, 'log'>>;
  readonly #log: V4l2WatcherOptions['log'];
  readonly #list = new CandidateList();
  readonly #memory = new NodeMemory();
  readonly #stopping = new AbortController();
  readonly #probing = new Map<string, Promise<Probe>>();
  #directory: FSWatcher | undefined;
  #rescanTimer: NodeJS.Timeout | undefined;
  #settleTimer: NodeJS.Timeout | undefined;
  #permissionTimer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #isLookWanted = false;
  #isWatchRefused = false;

  constructor({ log, ...options }: V4l2WatcherOptions = {}) {
    this.#options = {
      devDir: '/dev',
      sysDir: '/sys',
      rescanMs: 15_000,
      settleMs: 300,
      probeTimeoutMs: 3000,
      ...options,
    };
    this.#log = log;
  }

  onChange(listener: CandidatesListener): void {
    this.#list.onChange(listener);
  }

  async start(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const abort = (): void => this.#stopping.abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      this.#rescanTimer = setInterval(() => void this.#look(), this.#options.rescanMs);
      await this.#look();
    } finally {
      signal?.removeEventListener('abort', abort);
      if (this.#stopping.signal.aborted) await this.stop();
    }
    signal?.throwIfAborted();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    clearInterval(this.#rescanTimer);
    clearTimeout(this.#settleTimer);
    clearTimeout(this.#permissionTimer);
    this.#directory?.close();
    this.#directory = undefined;
    await this.#looking;
  }

  async rescan(): Promise<void> {
    await this.#look();
  }

  #look(): Promise<void> {
    this.#isLookWanted = true;
    this.#looking ??= this.#lookWhileWanted();
    return this.#looking;
  }

  async #lookWhileWanted(): Promise<void> {
    try {
      while (this.#isLookWanted && !this.#stopping.signal.aborted) {
        this.#isLookWanted = false;
        await this.#lookOnce();
      }
    } finally {
      // In the same turn as the last check of the wish, so that none falls in between.
      this.#looking = undefined;
    }
  }

  async #lookOnce(): Promise<void> {
    // Before the directory is read, so that what appears in between is an event.
    this.#watchDirectory();
    const probes = await this.#probeAll();
    if (this.#stopping.signal.aborted) return;
    this.#list.publish(this.#memory.judge(probes, performance.now()));
    if (!this.#memory.isWaitingForPermission) return;
    clearTimeout(this.#permissionTimer);
    this.#permissionTimer = setTimeout(() => void this.#look(), PERMISSION_RETRY_MS);
  }

  async #probeAll(): Promise<Map<string, Probe>> {
    const names = await this.#listNodeNames();
    for (const name of this.#probing.keys()) if (!names.includes(name)) this.#probing.delete(name);
    // Not within a device's time; each probe tells it if it fails.
    if (names.length > 0) await prepareNativeCalls().catch(() => undefined);
    const entries = names.map(async (name) => [name, await this.#probeInTime(name)] as const);
    return new Map(await Promise.all(entries));
  }

  async #listNodeNames(): Promise<string[]> {
    try {
      const names = await readdir(this.#options.devDir);
      return names
        .filter((name) => NODE_NAME.test(name))
        .sort((a, b) => Number(a.slice('video'.length)) - Number(b.slice('video'.length)));
    } catch (error) {
      this.#log?.warn({ err: error, dir: this.#options.devDir }, 'The device directory cannot be read');
      return [];
    }
  }

  // A device that hangs in open() must not hold up the others, nor be opened again and again: its probe goes
  // on, and the look that its answer causes takes the answer.
  async #probeInTime(name: string): Promise<Probe> {
    const { devDir, sysDir, probeTimeoutMs } = this.#options;
    const probe = this.#probing.get(name) ?? probeNode(join(devDir, name), sysDir);
    this.#probing.set(name, probe);
    const answered = new AbortController();
    const signal = AbortSignal.any([answered.signal, this.#stopping.signal]);
    const timeout = sleep(probeTimeoutMs, LATE, { signal }).catch(() => LATE);
    const result = await Promise.race([probe, timeout]);
    answered.abort();
    if (result === LATE) void probe.then(() => this.#look());
    else this.#probing.delete(name);
    return result;
  }

  #watchDirectory(): void {
    if (this.#directory !== undefined) return;
    try {
      this.#directory = watch(this.#options.devDir, (_event, name) => this.#onDirectoryEvent(name));
      this.#directory.on('error', (error) => this.#onWatchRefused(error));
      this.#isWatchRefused = false;
    } catch (error) {
      this.#onWatchRefused(error);
    }
  }

  #onWatchRefused(error: unknown): void {
    this.#directory?.close();
    this.#directory = undefined;
    if (this.#isWatchRefused) return;
    this.#isWatchRefused = true;
    const { devDir, rescanMs } = this.#options;
    this.#log?.warn(
      { err: error, dir: devDir, rescanMs },
      'The device directory cannot be watched; only re-scanned',
    );
  }

  #onDirectoryEvent(name: string | null): void {
    if (name !== null && !NODE_NAME.test(name)) return;
    void this.#look();
    clearTimeout(this.#settleTimer);
    this.#settleTimer = setTimeout(() => void this.#look(), this.#options.settleMs);
  }
}
