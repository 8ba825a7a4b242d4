import type { Transition, TransitionStore } from '../store/transitions.ts';
import type { Camera } from './camera.ts';

export interface CameraHistoryDeps {
  store: Pick<TransitionStore, 'add' | 'list'>;
  now?: () => number;
}

/** Keeps each change of a camera's state or, in the same state, of its reason. */
export class CameraHistory {
  readonly #deps: CameraHistoryDeps;
  readonly #last = new Map<string, string>();

  constructor(deps: CameraHistoryDeps) {
    this.#deps = deps;
  }

  /** Looks at what changed since the last look; nothing new is not kept. */
  note(camera: Pick<Camera, 'device' | 'state' | 'reason' | 'statusReason'>): void {
    const { device, state: to, reason, statusReason: detail } = camera;
    const now = keyOf({ to, reason });
    if (this.#last.get(device) === now) return;
    this.#last.set(device, now);
    const { store } = this.#deps;
    const last = store.list(device, 1)[0];
    // A service that starts finds most cameras as its last run left them.
    if (last && keyOf(last) === now) return;
    const time = (this.#deps.now ?? Date.now)();
    store.add(device, { time, from: last?.to ?? null, to, reason, detail });
  }

  /** Of a camera that is known no more. */
  forget(device: string): void {
    this.#last.delete(device);
  }
}

function keyOf({ to, reason }: Pick<Transition, 'to' | 'reason'>): string {
  return `${to} ${reason ?? ''}`;
}
