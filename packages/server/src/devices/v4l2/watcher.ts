// Finds the V4L2 cameras below /dev and keeps the list. Level-triggered: an event of the directory, a timer or a
// caller only says "look now", and each look compares all nodes with what is known. So a missed, doubled or late
// event costs nothing but time.
import { CandidateList } from '../candidate-list.ts';
import type { CandidatesListener, DeviceWatcher } from '../device.ts';
import { DeviceDirectories } from './device-directories.ts';
import { NodeRules, type NodeRulesOptions } from './node-rules.ts';
import { NodeTable } from './node-table.ts';
import type { Depth } from './node-watch.ts';

export interface V4l2WatcherOptions extends NodeRulesOptions {
  /** Where the nodes are; /dev. */
  devDir?: string;
  /** Where the kernel describes them; /sys. */
  sysDir?: string;
  /** Asks every camera this often whether it still answers, and finds what no event told; 15 s. */
  rescanMs?: number;
  /** Looks once more this long after the last event of a burst, and after the first probe of a camera; 300 ms. */
  settleMs?: number;
  /** A node that does not answer in this time counts as late; 3 s. */
  probeTimeoutMs?: number;
  /** Takes a line about what does not work as it should. */
  log?: { warn(fields: object, message: string): void };
}

const DEPTHS: readonly Depth[] = ['changes', 'alive', 'everything'];

export class V4l2Watcher implements DeviceWatcher {
  readonly #rescanMs: number;
  readonly #settleMs: number;
  readonly #list = new CandidateList();
  readonly #directories: DeviceDirectories;
  readonly #nodes: NodeTable;
  #rescanTimer: NodeJS.Timeout | undefined;
  #settleTimer: NodeJS.Timeout | undefined;
  #dueTimer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #wanted: Depth | undefined;
  #isStopped = false;
  /** The first list is told as a whole. */
  #isComplete = false;

  constructor(options: V4l2WatcherOptions = {}) {
    const { devDir = '/dev', sysDir = '/sys', probeTimeoutMs = 3000, log } = options;
    this.#rescanMs = options.rescanMs ?? 15_000;
    this.#settleMs = options.settleMs ?? 300;
    this.#nodes = new NodeTable({
      devDir,
      sysDir,
      rules: new NodeRules(options),
      probeTimeoutMs,
      confirmMs: this.#settleMs,
      onNews: () => this.#publish(),
      onAnswer: () => this.#armTimer(),
      onUnreadable: (error) => log?.warn({ err: error, dir: devDir }, 'The device directory cannot be read'),
    });
    this.#directories = new DeviceDirectories({
      devDir,
      onEvent: () => this.#onEvent(),
      onRefused: (error, directory) =>
        log?.warn(
          { err: error, dir: directory, rescanMs: this.#rescanMs },
          'The device directory cannot be watched; only re-scanned',
        ),
    });
  }

  onChange(listener: CandidatesListener): void {
    this.#list.onChange(listener);
  }

  async start(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const abort = (): void => this.#end();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      this.#rescanTimer = setInterval(() => void this.#look('alive'), this.#rescanMs);
      await this.#lookAndWait('changes');
      this.#isComplete = true;
      this.#publish();
    } finally {
      signal?.removeEventListener('abort', abort);
      if (this.#isStopped) await this.stop();
    }
    signal?.throwIfAborted();
  }

  async stop(): Promise<void> {
    this.#end();
    await this.#looking;
  }

  async rescan(): Promise<void> {
    await this.#lookAndWait('everything');
  }

  #end(): void {
    this.#isStopped = true;
    clearInterval(this.#rescanTimer);
    clearTimeout(this.#settleTimer);
    clearTimeout(this.#dueTimer);
    this.#directories.close();
    this.#nodes.stop();
  }

  async #lookAndWait(depth: Depth): Promise<void> {
    await this.#look(depth);
    await this.#nodes.waitForAnswers();
  }

  /** One look at a time; a wish during one makes another one follow. */
  #look(depth: Depth): Promise<void> {
    if (this.#wanted === undefined || DEPTHS.indexOf(depth) > DEPTHS.indexOf(this.#wanted))
      this.#wanted = depth;
    this.#looking ??= this.#lookWhileWanted();
    return this.#looking;
  }

  async #lookWhileWanted(): Promise<void> {
    try {
      while (this.#wanted !== undefined && !this.#isStopped) {
        const depth = this.#wanted;
        this.#wanted = undefined;
        await this.#lookOnce(depth);
      }
    } finally {
      // In the same turn as the last check of the wish, so that none falls in between.
      this.#looking = undefined;
    }
  }

  async #lookOnce(depth: Depth): Promise<void> {
    // Before the directory is read, so that what appears in between is an event.
    this.#directories.watch();
    await this.#nodes.look(depth);
    this.#armTimer();
  }

  #publish(): void {
    if (this.#isStopped || !this.#isComplete) return;
    this.#list.publish(this.#nodes.candidates);
  }

  #armTimer(): void {
    clearTimeout(this.#dueTimer);
    if (this.#isStopped) return;
    const { dueMs } = this.#nodes;
    if (dueMs === Infinity) return;
    const pauseMs = Math.max(0, Math.ceil(dueMs - performance.now()));
    this.#dueTimer = setTimeout(() => void this.#look('changes'), pauseMs);
  }

  #onEvent(): void {
    this.#nodes.hurry();
    void this.#look('changes');
    clearTimeout(this.#settleTimer);
    this.#settleTimer = setTimeout(() => void this.#look('changes'), this.#settleMs);
  }
}
