import type { CandidatesListener, DeviceCandidate } from './device.ts';

/** A watcher's current list: tells the listeners the whole of it, and only when it changed. */
export class CandidateList {
  readonly #listeners: CandidatesListener[] = [];
  #delivered: string | null = null;

  onChange(listener: CandidatesListener): void {
    this.#listeners.push(listener);
  }

  publish(candidates: DeviceCandidate[]): void {
    const text = JSON.stringify(candidates);
    if (text === this.#delivered) return;
    this.#delivered = text;
    for (const listener of this.#listeners) listener(structuredClone(candidates));
  }
}
