// One node from its first look on: when it is asked, what, and what came of it. A device that hangs in open() must
// hold up nobody, nor be opened again and again: the question goes on, the node counts as late meanwhile, and the
// answer is taken whenever it comes. One question at a time; a wish during one makes another one follow.
import { setTimeout as sleep } from 'node:timers/promises';

import type { DeviceCandidate } from '../device.ts';
import type { NodeLife } from './node-life.ts';
import { NodeMemory } from './node-memory.ts';
import { NodePace } from './node-pace.ts';
import type { Probe } from './probe.ts';

/** `everything`: a whole probe. `alive`: whether it still answers, which is cheap; a whole probe if it does not. */
export type Question = 'alive' | 'everything';

/** `changes`: asks nodes that are due; `alive`: all of them, for the least; `everything`: all of them, for all. */
export type Depth = 'changes' | Question;

export interface NodeWatchDeps {
  life: NodeLife;
  ask: (question: Question) => Promise<Probe>;
  probeTimeoutMs: number;
  confirmMs: number;
  /** The candidate is another one, or `dueMs` is. */
  onAnswer: (isNews: boolean) => void;
  /** 0 to 1; injected by tests. */
  random?: () => number;
}

export class NodeWatch {
  readonly #deps: NodeWatchDeps;
  readonly #memory = new NodeMemory();
  readonly #pace: NodePace;
  readonly #stopping = new AbortController();
  #life: NodeLife;
  #dueMs: number | undefined = 0;
  #wanted: Question | undefined;
  #asking: Promise<void> | undefined;
  #answer: Promise<void> | undefined;

  constructor(deps: NodeWatchDeps) {
    this.#deps = deps;
    this.#life = deps.life;
    this.#pace = new NodePace(deps);
  }

  get candidate(): DeviceCandidate | null {
    return this.#memory.candidate;
  }

  /** When it is to be asked again, by performance.now(); undefined: no time of its own. */
  get dueMs(): number | undefined {
    return this.#dueMs;
  }

  /** Resolves when what was asked is answered, or late. */
  get isAnswered(): Promise<void> {
    return this.#asking ?? Promise.resolve();
  }

  isSameDevice(life: NodeLife): boolean {
    return life.device === this.#life.device;
  }

  /** Something happened, which may have mended it: asks at the next look if it is not in order. */
  hurry(): void {
    this.#pace.reset();
    if (['failed', 'denied', 'contradictory'].includes(this.#memory.standing)) this.#dueMs = 0;
  }

  /** Asks what this look calls for. */
  look(depth: Depth, life: NodeLife): void {
    const hasOtherAccess = life.access !== this.#life.access;
    this.#life = life;
    const isDue = this.#dueMs !== undefined && this.#dueMs <= performance.now();
    if (depth === 'everything' || isDue) return this.#want('everything');
    if (depth === 'changes' && !hasOtherAccess) return;
    const { standing } = this.#memory;
    if (standing === 'confirmed' || standing === 'provisional') this.#want('alive');
    else if (standing !== 'other') this.#want('everything');
  }

  /** Nothing of it counts any more. */
  stop(): void {
    this.#dueMs = undefined;
    this.#stopping.abort();
  }

  #want(question: Question): void {
    if (this.#wanted !== 'everything') this.#wanted = question;
    if (question === 'everything') this.#dueMs = undefined;
    this.#asking ??= this.#askWhileWanted();
  }

  async #askWhileWanted(): Promise<void> {
    try {
      while (this.#wanted !== undefined && !this.#stopping.signal.aborted) {
        const question = this.#wanted;
        this.#wanted = undefined;
        if (question === 'everything') this.#dueMs = undefined;
        this.#answer ??= this.#takeAnswer(question);
        if (await this.#isLate(this.#answer)) this.#take({ outcome: 'late' });
      }
    } finally {
      // In the same turn as the last check of the wish, so that none falls in between.
      this.#asking = undefined;
    }
  }

  async #takeAnswer(question: Question): Promise<void> {
    const probe = await this.#deps.ask(question);
    this.#answer = undefined;
    this.#take(probe);
  }

  async #isLate(answer: Promise<void>): Promise<boolean> {
    const answered = new AbortController();
    const signal = AbortSignal.any([answered.signal, this.#stopping.signal]);
    const timeout = sleep(this.#deps.probeTimeoutMs, true, { signal }).catch(() => false);
    const isLate = await Promise.race([answer.then(() => false), timeout]);
    answered.abort();
    return isLate;
  }

  #take(probe: Probe): void {
    if (this.#stopping.signal.aborted) return;
    const before = this.#memory.candidate;
    const nowMs = performance.now();
    this.#memory.take(probe, nowMs);
    // The short question neither answers nor puts off the second probe of a new camera.
    if (probe.outcome !== 'alive') {
      const pauseMs = this.#pace.next(this.#memory.standing);
      this.#dueMs = pauseMs === undefined ? undefined : nowMs + pauseMs;
    }
    this.#deps.onAnswer(this.#memory.candidate !== before);
  }
}
