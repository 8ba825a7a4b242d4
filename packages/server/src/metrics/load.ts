import { cpus, freemem, loadavg, totalmem } from 'node:os';
import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';

const sampleMs = 5_000;
const loopResolutionMs = 20;
/** Each histogram is emptied once a minute, the two in turn: the older one always has the last half minute at least. */
const turnSamples = 6;

export interface Load {
  /** Per cent of the whole machine. */
  machineCpu: number;
  machineMemory: number;
  loadAverage: number[];
  /** Per cent of one core. */
  processCpu: number;
  /** Milliseconds that the event loop was late, 95th percentile of the last minute. */
  loopDelayMs: number;
}

interface Sample {
  atMs: number;
  processMs: number;
  machineMs: number;
  machineIdleMs: number;
}

/** How busy machine and process are: figures of an interval need somebody who looks all the time. */
export class LoadMeter {
  #older = monitorLoop();
  #younger = monitorLoop();
  #before: Sample;
  #last: Sample;
  #samples = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    this.#before = takeSample();
    this.#last = this.#before;
  }

  start(): void {
    this.#older.enable();
    this.#younger.enable();
    this.#timer ??= setInterval(() => this.#look(), sampleMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#older.disable();
    this.#younger.disable();
  }

  read(): Load {
    // Before the first interval is over: what there is of it.
    const to = this.#last === this.#before ? takeSample() : this.#last;
    const from = this.#before;
    const busy = 1 - (to.machineIdleMs - from.machineIdleMs) / Math.max(1, to.machineMs - from.machineMs);
    return {
      machineCpu: percent(busy),
      machineMemory: percent(1 - freemem() / totalmem()),
      loadAverage: loadavg(),
      processCpu: oneDecimal((100 * (to.processMs - from.processMs)) / Math.max(1, to.atMs - from.atMs)),
      loopDelayMs: this.#loopDelayMs(),
    };
  }

  #look(): void {
    this.#before = this.#last;
    this.#last = takeSample();
    this.#samples += 1;
    if (this.#samples % turnSamples === 0) this.#takeTurns();
  }

  #takeTurns(): void {
    this.#older.reset();
    [this.#older, this.#younger] = [this.#younger, this.#older];
  }

  #loopDelayMs(): number {
    // The timer's own pace is in each value.
    const lateMs = this.#older.count === 0 ? 0 : this.#older.percentile(95) / 1e6 - loopResolutionMs;
    return Math.max(0, Math.round(lateMs * 100) / 100);
  }
}

function monitorLoop(): IntervalHistogram {
  return monitorEventLoopDelay({ resolution: loopResolutionMs });
}

function takeSample(): Sample {
  const { user, system } = process.cpuUsage();
  const times = cpus().map((cpu) => cpu.times);
  return {
    atMs: performance.now(),
    processMs: (user + system) / 1000,
    machineMs: times.reduce((sum, of) => sum + of.user + of.nice + of.sys + of.idle + of.irq, 0),
    machineIdleMs: times.reduce((sum, of) => sum + of.idle, 0),
  };
}

/** A share as per cent; clocks of processors are coarse. */
function percent(share: number): number {
  return oneDecimal(Math.min(1, Math.max(0, share)) * 100);
}

function oneDecimal(value: number): number {
  return Math.round(value * 10) / 10;
}
