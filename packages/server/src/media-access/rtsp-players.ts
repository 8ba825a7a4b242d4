import type { Identity } from '../auth/identity.ts';
import type { Logger } from '../log.ts';
import type { RtspSession } from '../mediamtx/api.ts';
import type { MediaMtxController } from '../mediamtx/controller.ts';
import type { OpenMedia } from './open-media.ts';

/** On whose right a player stands; `none` has lost it, and of `unknown` it can't be told. */
export type Standing = { identity: Identity | undefined } | 'none' | 'unknown';

export interface RtspPlayersDeps {
  controller: () => Pick<MediaMtxController, 'paths' | 'sessions'>;
  openMedia: Pick<OpenMedia, 'add'>;
  standingOf: (player: RtspSession) => Standing;
  log: Pick<Logger, 'warn' | 'info'>;
}

interface OpenPlayer {
  takeAway?: () => void;
}

/** Who plays by RTSP now: each is looked at once when it comes, and is then among the open media, or cut off. */
export class RtspPlayers {
  readonly #deps: RtspPlayersDeps;
  /** Those with a right, by MediaMTX's id of the session. */
  readonly #open = new Map<string, OpenPlayer>();
  /** Sessions that were looked at, our own among them. */
  #seen: ReadonlySet<string> = new Set();

  constructor(deps: RtspPlayersDeps) {
    this.#deps = deps;
  }

  /** Whether nobody plays who has a right. */
  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  /** Whether there is a player that was not looked at, or one that was is gone. */
  get hasNews(): boolean {
    const readers = this.#readers().filter(({ type }) => type === 'rtspSession');
    const ids = new Set(readers.map(({ id }) => id));
    return [...ids].some((id) => !this.#seen.has(id)) || [...this.#open.keys()].some((id) => !ids.has(id));
  }

  /** Throws `dependency_failed`. */
  async look(): Promise<void> {
    const readers = this.#readers();
    const players = await this.#deps.controller().sessions.rtspPlayers();
    const ids = new Set(players.map(({ id }) => id));
    for (const [id, { takeAway }] of this.#open) {
      if (ids.has(id)) continue;
      takeAway?.();
      this.#open.delete(id);
    }
    // With what was there before: a player that comes after this must be looked at.
    this.#seen = new Set([...readers.map(({ id }) => id), ...ids]);
    for (const player of players) if (!this.#open.has(player.id)) await this.#judge(player);
  }

  async #judge(player: RtspSession): Promise<void> {
    const standing = this.#deps.standingOf(player);
    if (standing === 'unknown') return;
    if (standing === 'none') return this.#cutOff(player);
    const { id, path, remoteAddr: remoteAddress } = player;
    const end = (): void => {
      this.#open.delete(id);
      this.#cutOff(player).catch((error: unknown) =>
        this.#deps.log.warn({ err: error, path }, 'a player whose right has ended could not be cut off'),
      );
    };
    const entry: OpenPlayer = {};
    this.#open.set(id, entry);
    entry.takeAway = this.#deps.openMedia.add({
      id,
      transport: 'rtsp',
      identity: standing.identity,
      device: path,
      remoteAddress,
      end,
    });
  }

  async #cutOff({ id, path }: RtspSession): Promise<void> {
    // Until it is gone it counts as one that was not looked at, so that it is tried again.
    this.#seen = new Set([...this.#seen].filter((seen) => seen !== id));
    await this.#deps.controller().sessions.kickRtsp(id);
    this.#deps.log.info({ path }, 'a player whose right has ended was cut off');
  }

  #readers(): { type: string; id: string }[] {
    return [...this.#deps.controller().paths.values()].flatMap((path) => path.readers);
  }
}
