import { useSyncExternalStore } from 'react';

/** A value that components follow; a new object for each change, so that selectors compare by identity. */
export class Store<T> {
  readonly #listeners = new Set<() => void>();
  #state: T;

  constructor(initial: T) {
    this.#state = initial;
  }

  readonly get = (): T => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(state: T): void {
    if (Object.is(state, this.#state)) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  patch(change: Partial<T>): void {
    this.set({ ...this.#state, ...change });
  }
}

/** Follows a part of the store; `select` must give the same object for the same state. */
export function useStore<T, S>(store: Store<T>, select: (state: T) => S): S {
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}
