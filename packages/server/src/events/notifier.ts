import type { NotificationParams, StateNotification } from '@mediamtx-camera-service/protocol';
import type { Logger } from '../log.ts';

export interface StateChange<N extends StateNotification = StateNotification> {
  name: N;
  params: NotificationParams<N>;
  /** Only those who may view this camera are told. */
  device?: string;
}

/** Carries the three state notifications from whoever knows of a change to whoever tells it to clients. */
export class Notifier {
  readonly #listeners = new Set<(change: StateChange) => void>();
  readonly #log: Logger;

  constructor({ log }: { log: Logger }) {
    this.#log = log;
  }

  notify<N extends StateNotification>(name: N, params: NotificationParams<N>, device?: string): void {
    const change: StateChange = { name, params, ...(device !== undefined && { device }) };
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#log.error({ err: error, notification: name }, 'a listener of notifications failed');
      }
    }
  }

  onNotify(listener: (change: StateChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
