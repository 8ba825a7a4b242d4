import type { EventLog } from '../events/event-log.ts';
import type { PathState } from '../mediamtx/path-state.ts';

/** Tells when a path of MediaMTX gets its picture or loses it, once each. */
export class StreamNews {
  readonly #events: Pick<EventLog, 'append'>;
  #available = new Set<string>();

  constructor({ events }: { events: Pick<EventLog, 'append'> }) {
    this.#events = events;
  }

  note(paths: ReadonlyMap<string, PathState>): void {
    const available = new Set([...paths.values()].filter((path) => path.available).map(({ name }) => name));
    for (const name of available) if (!this.#available.has(name)) this.#tell(name, true);
    for (const name of this.#available) if (!available.has(name)) this.#tell(name, false);
    this.#available = available;
  }

  #tell(name: string, isReady: boolean): void {
    // A camera's path has its name, so who may not see the camera isn't told of its stream either.
    this.#events.append('mediamtx.stream', { name, ready: isReady }, name);
  }
}
