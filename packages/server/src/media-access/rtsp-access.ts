import type { Credentials } from '../auth/credentials.ts';
import { isExpired, mayView, type Identity } from '../auth/identity.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { RtspSession } from '../mediamtx/api.ts';
import type { Credentials as MediaMtxCredentials } from '../mediamtx/endpoint.ts';
import type { MediaServer } from '../mediamtx/media-server.ts';
import type { MediaMtxUsers } from '../mediamtx/users.ts';
import type { ApiKeyStore } from '../store/api-keys.ts';
import { keyReaders } from './key-readers.ts';
import { holderOf } from './link-holder.ts';
import { LostGrants } from './lost-grants.ts';
import type { OpenMedia } from './open-media.ts';
import { RtspPlayers, type Standing } from './rtsp-players.ts';

export interface RtspAccessDeps {
  credentials: Pick<Credentials, 'current' | 'ofKey' | 'onChange'>;
  keys: Pick<ApiKeyStore, 'list' | 'find'>;
  media: MediaServer;
  openMedia: OpenMedia;
  /** Asked each time, as it can be changed. */
  openReads: () => boolean;
  log: Pick<Logger, 'debug' | 'warn' | 'info'>;
  now?: () => number;
}

/** A login for players that get_stream_url gave out. */
interface Minted {
  /** Who gets it again. */
  key: string;
  login: MediaMtxCredentials;
  identity: Identity | undefined;
  path: string;
  /** Of the login; who plays by then goes on. */
  expiresAt: number;
}

export interface MintedUrl {
  url: string;
  /** Epoch milliseconds; null where no login is needed, or where it is not ours to give. */
  expiresAt: number | null;
}

const mintedMs = 3_600_000;
const longestWaitMs = 60_000;

/**
 * Who may play by RTSP, which is MediaMTX's own to check: each API key is a user of it (its id the name, the key the
 * password), and so is whoever was given an address by get_stream_url; a stored user's password is no login there,
 * since MediaMTX could not check its hash. The users follow the rights, and who plays without one is cut off. Only for
 * our own MediaMTX; an external one has its users.
 */
export class RtspAccess {
  readonly #deps: RtspAccessDeps;
  readonly #now: () => number;
  readonly #minted = new Map<string, Minted>();
  /** The newest of each key. */
  readonly #newest = new Map<string, Minted>();
  readonly #players: RtspPlayers;
  readonly #lost = new LostGrants();
  #applied = '';
  #nextEnd = Number.POSITIVE_INFINITY;
  #isWorking = false;
  #isStale = false;
  #timer: NodeJS.Timeout | undefined;
  #unlisten: (() => void) | undefined;

  constructor(deps: RtspAccessDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#players = new RtspPlayers({
      controller: () => deps.media.controller,
      openMedia: deps.openMedia,
      standingOf: (player) => this.#standingOf(player),
      log: deps.log,
    });
  }

  /** After the media server. */
  start(): void {
    const { credentials, media } = this.#deps;
    if (!media.users || this.#unlisten) return;
    this.#unlisten = credentials.onChange(() => this.#update());
    media.controller.onPaths(() => {
      if (this.#nextEnd <= this.#now() || this.#players.hasNews) this.#update();
    });
    this.#update();
  }

  stop(): void {
    this.#unlisten?.();
    this.#unlisten = undefined;
    clearTimeout(this.#timer);
  }

  /** An address that works as pasted into a player, for an hour or as long as the right lasts. Throws `dependency_failed`. */
  async mint(
    path: string,
    { identity, host }: { identity: Identity | undefined; host: string },
  ): Promise<MintedUrl> {
    const { media } = this.#deps;
    const { users } = media;
    if (!users) return { url: media.playerUrl(path, host), expiresAt: null };
    const end = identity?.expiresAt ?? Number.POSITIVE_INFINITY;
    const key = JSON.stringify([path, end, identity && holderOf(identity)]);
    const known = this.#newest.get(key);
    // MediaMTX is told all of them with each new one, so nobody gets one with every call.
    const isFresh = known !== undefined && known.expiresAt >= Math.min(this.#now() + mintedMs / 2, end);
    const minted = isFresh ? known : this.#add({ key, identity, path, end }, users);
    // Else a login that goes before the next look would not be told to be gone.
    this.#applied = '';
    await media.controller.applyUsers();
    return { url: media.playerUrl(path, host, minted.login), expiresAt: minted.expiresAt };
  }

  #add(
    { end, ...holder }: Pick<Minted, 'key' | 'identity' | 'path'> & { end: number },
    users: MediaMtxUsers,
  ): Minted {
    const expiresAt = Math.min(this.#now() + mintedMs, end);
    const minted = { ...holder, login: users.addViewer(holder.path, expiresAt), expiresAt };
    this.#minted.set(minted.login.username, minted);
    this.#newest.set(holder.key, minted);
    this.#wakeAt(Math.min(this.#nextEnd, expiresAt));
    return minted;
  }

  /** Makes users and players agree with the rights; calls that come meanwhile lead to one more time. */
  #update(): void {
    if (!this.#unlisten) return;
    this.#isStale = true;
    if (!this.#isWorking) void this.#updateAll();
  }

  async #updateAll(): Promise<void> {
    this.#isWorking = true;
    while (this.#isStale) {
      this.#isStale = false;
      try {
        // The users first: who is cut off may be back at once.
        await this.#applyUsers();
        await this.#players.look();
      } catch (error) {
        // Where MediaMTX is away, its sessions are too.
        this.#nextEnd = 0;
        this.#deps.log.debug({ reason: messageOf(error) }, 'the players could not be looked at');
      }
    }
    this.#isWorking = false;
  }

  async #applyUsers(): Promise<void> {
    const { keys, media } = this.#deps;
    const users: MediaMtxUsers = media.users!;
    const before = users.list();
    const { readers, nextEnd } = keyReaders(keys.list(), this.#now());
    users.readers = readers;
    for (const [username, minted] of this.#minted) this.#dropIfEnded(username, minted);
    users.dropExpired();
    const ends = [...this.#minted.values()]
      .map(({ expiresAt }) => expiresAt)
      .filter((end) => end > this.#now());
    this.#wakeAt(Math.min(nextEnd, ...ends));
    const after = users.list();
    this.#lost.note(before, after);
    const text = JSON.stringify(after);
    if (text === this.#applied) return;
    // Before it is told: what is told meanwhile makes it none.
    this.#applied = text;
    await media.controller.applyUsers().catch((error: unknown) => {
      this.#applied = '';
      throw error;
    });
    this.#lost.told(this.#now());
  }

  /** Something ends then. */
  #wakeAt(end: number): void {
    this.#nextEnd = end;
    clearTimeout(this.#timer);
    const waitMs = end - this.#now();
    // What is far away is found by the looks at the paths.
    if (waitMs < longestWaitMs) this.#timer = setTimeout(() => this.#update(), Math.max(10, waitMs)).unref();
  }

  #dropIfEnded(username: string, minted: Minted): void {
    const { key, identity, path, expiresAt } = minted;
    if (!this.#hasRight(identity, path)) this.#deps.media.users?.dropViewer(username);
    // Who plays is known by the entry.
    else if (expiresAt > this.#now() || !this.#players.isEmpty) return;
    this.#minted.delete(username);
    if (this.#newest.get(key) === minted) this.#newest.delete(key);
  }

  #standingOf(player: RtspSession): Standing {
    const { user, path } = player;
    if (user === this.#deps.media.users?.service.username) return 'unknown';
    // Whether it came by what was lost can't be told; whoever still may is back at once.
    if (this.#lost.mayConcern(player, this.#now())) return 'none';
    // MediaMTX before 1.17 doesn't tell who it is.
    if (user === undefined) return 'unknown';
    const holder = this.#holderOf(user);
    return holder && this.#hasRight(holder.identity, path) ? holder : 'none';
  }

  #holderOf(user: string): { identity: Identity | undefined } | undefined {
    const minted = this.#minted.get(user);
    if (minted) return minted;
    const { keys, credentials } = this.#deps;
    const row = keys.find(user);
    if (!row) return undefined;
    // Which of a rotated key's two secrets it was can't be told; with the older one it ends at the end of its time.
    const hasGrace = row.previous_hash !== null && (row.previous_until ?? 0) > this.#now();
    const identity = credentials.ofKey(user, hasGrace ? row.previous_hash! : row.hash);
    return identity && { identity };
  }

  #hasRight(identity: Identity | undefined, path: string): boolean {
    if (!identity) return this.#deps.openReads();
    const current = this.#deps.credentials.current(identity);
    return current !== undefined && !isExpired(current, this.#now()) && mayView(current, path);
  }
}
