import type { Identity } from '../auth/identity.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { OpenMedia } from './open-media.ts';

export interface WhepSession {
  /** By which MediaMTX lists it. */
  id: string;
  /** By which it is ended. */
  secret: string;
  identity: Identity;
  device: string;
  remoteAddress: string;
  end: () => Promise<void>;
}

export interface WhepSessionsDeps {
  openMedia: OpenMedia;
  /** The ids of the sessions that MediaMTX has. */
  present: () => Promise<string[]>;
  log: Pick<Logger, 'debug' | 'info' | 'warn'>;
  /** Default 5 s. */
  lookMs?: number;
}

const defaultLookMs = 5_000;

/** Who watches by WHEP. A viewer that vanishes says nothing: while there are any, MediaMTX is asked calmly who is left. */
export class WhepSessions {
  readonly #deps: WhepSessionsDeps;
  /** By secret. */
  readonly #open = new Map<string, { id: string; takeAway?: () => void }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: WhepSessionsDeps) {
    this.#deps = deps;
  }

  /** Where the right has ended meanwhile, the session is ended at once. */
  add({ id, secret, identity, device, remoteAddress, end }: WhepSession): void {
    const { openMedia, log, lookMs = defaultLookMs } = this.#deps;
    const endNow = (): void => {
      this.#open.delete(secret);
      end().then(
        () => log.info({ device }, 'a viewer whose right has ended was cut off'),
        (error: unknown) =>
          log.warn({ err: error, device }, 'a viewer whose right has ended could not be cut off'),
      );
    };
    const entry: { id: string; takeAway?: () => void } = { id };
    this.#open.set(secret, entry);
    entry.takeAway = openMedia.add({ id, transport: 'webrtc', identity, device, remoteAddress, end: endNow });
    this.#timer ??= setInterval(() => void this.#look(), lookMs).unref();
  }

  /** It was closed. */
  remove(secret: string): void {
    this.#open.get(secret)?.takeAway?.();
    this.#open.delete(secret);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    // One that is opened while MediaMTX answers is not in its answer.
    const open = [...this.#open];
    if (open.length === 0) return this.stop();
    try {
      const present = new Set(await this.#deps.present());
      for (const [secret, { id }] of open) if (!present.has(id)) this.remove(secret);
    } catch (error) {
      this.#deps.log.debug({ reason: messageOf(error) }, 'the WHEP sessions could not be looked at');
    }
  }
}
