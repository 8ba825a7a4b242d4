export interface DemandOptions {
  /** How long a camera stays live after the last reason went, in milliseconds. */
  lingerMs: number;
  onChange: (isWanted: boolean) => void;
}

/**
 * The reasons for which one camera must be live. A hold lasts until it is released, a touch for a while from the last
 * one, readers as long as MediaMTX counts them. The first reason makes it wanted at once; after the last it lingers, so
 * that a viewer who reloads finds it live.
 */
export class Demand {
  readonly #options: DemandOptions;
  readonly #holds = new Map<symbol, string>();
  readonly #touches = new Map<string, NodeJS.Timeout>();
  readonly #expected = new Set<string>();
  #readers = 0;
  #isWanted = false;
  #linger: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: DemandOptions) {
    this.#options = options;
  }

  get isWanted(): boolean {
    return this.#isWanted;
  }

  /** Why it is wanted at present; empty while it lingers. */
  get reasons(): string[] {
    const readers = this.#readers > 0 ? ['readers'] : [];
    return [...new Set([...this.#holds.values(), ...this.#touches.keys(), ...readers])];
  }

  /** Returns what releases it; releasing twice is harmless. */
  hold(reason: string): () => void {
    const key = Symbol(reason);
    this.#holds.set(key, reason);
    this.#update();
    return () => {
      if (this.#holds.delete(key)) this.#update();
    };
  }

  touch(reason: string, durationMs: number): void {
    clearTimeout(this.#touches.get(reason));
    const timer = setTimeout(() => this.#drop(reason), durationMs);
    timer.unref();
    this.#touches.set(reason, timer);
    this.#update();
  }

  /** A touch by somebody who will be counted among the readers: it ends when there are any. */
  expectReader(reason: string, durationMs: number): void {
    this.#expected.add(reason);
    this.touch(reason, durationMs);
  }

  /** Ends a touch before its time. */
  untouch(reason: string): void {
    clearTimeout(this.#touches.get(reason));
    this.#drop(reason);
  }

  setReaders(count: number): void {
    if (count === this.#readers) return;
    this.#readers = count;
    if (count > 0) for (const reason of this.#expected) this.untouch(reason);
    this.#update();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#linger);
    for (const timer of this.#touches.values()) clearTimeout(timer);
    this.#touches.clear();
    this.#holds.clear();
  }

  #drop(reason: string): void {
    if (this.#touches.delete(reason)) this.#update();
  }

  #update(): void {
    if (this.#isStopped) return;
    const hasReason = this.#holds.size > 0 || this.#touches.size > 0 || this.#readers > 0;
    if (hasReason) {
      clearTimeout(this.#linger);
      this.#linger = undefined;
      this.#set(true);
    } else if (this.#isWanted && !this.#linger) {
      this.#linger = setTimeout(() => {
        this.#linger = undefined;
        this.#set(false);
      }, this.#options.lingerMs);
      this.#linger.unref();
    }
  }

  #set(isWanted: boolean): void {
    if (isWanted === this.#isWanted) return;
    this.#isWanted = isWanted;
    this.#options.onChange(isWanted);
  }
}
