import type { TransitionStore } from '../store/transitions.ts';
import type { Camera } from './camera.ts';

export interface CameraHistoryDeps {
  store: Pick<TransitionStore, 'add' | 'list'>;
  now?: () => number;
}

/** Keeps each change of a camera's state or of its reason. */
export class CameraHistory {
  readonly #deps: CameraHistoryDeps;
  readonly #last = new Map<string, string>();

  constructor(deps: CameraHistoryDeps) {
    this.#deps = deps;
  }

  /** Looks at what changed since the last look; nothing new is not kept. */
  note(camera: Pick<Camera, 'device' | 'state' | 'reason' | 'statusReason'>): void {
    const { device, state: to, reason, statusReason: detail } = camera;
    const before = this.#last.get(device);
    const now = `${to} ${reason ?? ''}`;
    if (before === now) return;
    this.#last.set(device, now);
    const { store } = this.#deps;
    // After a start of the service the last run's last state is what it was before.
    const from = store.list(device, 1)[0]?.to ?? null;
    store.add(device, { time: (this.#deps.now ?? Date.now)(), from, to, reason, detail });
  }

  /** Of a camera that is known no more. */
  forget(device: string): void {
    this.#last.delete(device);
  }
}
