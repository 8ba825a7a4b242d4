/** A set of listeners; one that throws keeps none of the others from hearing, and its error surfaces as uncaught. */
export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** @returns takes the listener away again */
  add(listener: (value: T) => void): () => void {
    // A wrapper of its own makes the same function addable twice, each with its own removal.
    const entry = (value: T): void => listener(value);
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  emit(value: T): void {
    for (const listener of this.#listeners) {
      try {
        listener(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
