import type { Result } from '@mediamtx-camera-service/protocol';
import { assertUsable } from '../cameras/assert-usable.ts';
import type { Camera } from '../cameras/camera.ts';
import { AppError, notFound } from '../errors.ts';
import type { EventLog } from '../events/event-log.ts';
import type { MediaServer } from '../mediamtx/media-server.ts';
import type { StreamStore } from '../store/streams.ts';
import { withoutCredentials } from './redact-source.ts';

export interface StreamsDeps {
  media: MediaServer;
  store: StreamStore;
  events: Pick<EventLog, 'append'>;
  now?: () => number;
}

/** Seconds that start_streaming keeps a camera live while nobody watches. */
export const autoCloseSeconds = 300;

const manual = 'start_streaming';
const captureStartMs = 1_000;

/** Paths of MediaMTX that are not cameras, and cameras that are kept live by order. */
export class Streams {
  readonly #deps: StreamsDeps;
  readonly #startedAt = new Map<string, number>();
  readonly #now: () => number;

  constructor(deps: StreamsDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
  }

  /** Desires what the last run created, before MediaMTX is asked. */
  load(): void {
    const { store, media } = this.#deps;
    for (const { name, source } of store.list())
      media.controller.desire(name, { source, rtspTransport: 'tcp' });
  }

  /** Asked of MediaMTX anew, so that a stream that was just created is there. */
  async list(mayView: (name: string) => boolean): Promise<Result<'get_streams'>> {
    const { media, store } = this.#deps;
    if (!media.controller.isUp) throw media.unavailable();
    return (await media.controller.getStreamList())
      .filter(({ name }) => mayView(name))
      .map((path) => ({
        name: path.name,
        source: sourceOf(store, path.name),
        ready: path.available,
        readers: media.controller.viewersOf(path.name),
        bytes_sent: path.bytesSent,
      }));
  }

  async create(name: string, source: string): Promise<{ ready: boolean }> {
    const { media, store, events } = this.#deps;
    if (/^camera\d+$/.test(name) || name === 'all' || name === 'all_others') {
      throw new AppError('invalid_state', {
        reason: 'reserved_name',
        state: 'reserved',
        allowed_states: ['absent'],
        details: `the name ${name} is kept for cameras or by MediaMTX`,
        suggestion: 'Take another name.',
      });
    }
    await media.controller.createStream({ name, source });
    try {
      store.add({ name, source, created_at: this.#now() });
    } catch (error) {
      await media.controller.removePath(name);
      throw error;
    }
    events.append('mediamtx.path', { name, action: 'created' }, name);
    const state = await media.controller.getStreamStatus(name);
    return { ready: state?.available ?? false };
  }

  async delete(name: string): Promise<void> {
    const { media, store, events } = this.#deps;
    if (/^camera\d+$/.test(name)) {
      throw new AppError('invalid_state', {
        reason: 'is_camera',
        state: 'camera',
        allowed_states: ['created'],
        details: `${name} is a camera`,
        suggestion: 'Only streams of create_stream can be deleted.',
      });
    }
    if (!store.find(name)) throw notFound('stream', name, 'get_streams tells which streams there are.');
    await media.controller.deleteStream(name);
    store.remove(name);
    events.append('mediamtx.path', { name, action: 'deleted' }, name);
  }

  exists(name: string): boolean {
    return this.#deps.store.find(name) !== undefined;
  }

  /** Starting one that is started is the same start. Resolves when capture is under way, whose command is told. */
  async start(camera: Camera): Promise<{ startedAt: number; command: string | null }> {
    assertUsable(camera);
    if (!this.#deps.media.controller.isUp) throw this.#deps.media.unavailable();
    const isStarted = camera.demand.reasons.includes(manual);
    const startedAt = (isStarted ? this.#startedAt.get(camera.device) : undefined) ?? this.#now();
    this.#startedAt.set(camera.device, startedAt);
    camera.demand.touch(manual, autoCloseSeconds * 1000);
    return { startedAt, command: await captureCommand(camera) };
  }

  stop(camera: Camera): { startedAt: number; continues: boolean } {
    const startedAt = this.#startedAt.get(camera.device);
    if (startedAt === undefined || !camera.demand.reasons.includes(manual)) {
      throw new AppError('invalid_state', {
        reason: 'not_streaming',
        state: 'not_streaming',
        allowed_states: ['streaming'],
        details: `${camera.device} was not started by start_streaming`,
        suggestion: 'A camera that is only watched stops by itself when nobody watches any more.',
      });
    }
    this.#startedAt.delete(camera.device);
    camera.demand.untouch(manual);
    return { startedAt, continues: camera.demand.reasons.length > 0 };
  }
}

/** Capture chooses its encoder first, which takes a moment the first time. */
async function captureCommand(camera: Camera): Promise<string | null> {
  const { command } = camera.capture.state;
  if (command !== undefined) return command;
  return new Promise((resolve) => {
    const end = (told: string | null): void => {
      clearTimeout(timer);
      forget();
      resolve(told);
    };
    const timer = setTimeout(() => end(null), captureStartMs);
    const forget = camera.capture.onState((state) => {
      if (state.command !== undefined) end(state.command);
    });
  });
}

function sourceOf(store: StreamStore, name: string): string | null {
  const created = store.find(name);
  return created ? withoutCredentials(created.source) : 'publisher';
}
