import type { InternalUser } from '../mediamtx/api.ts';

// MediaMTX answers before it goes by what it was told.
const settleMs = 250;
// Who logged in just before is listed only after.
const rememberedMs = 1_500;

interface Lost {
  user: string;
  /** Undefined: all. */
  path: string | undefined;
  /** When MediaMTX said that it knows; undefined until then. */
  toldAt: number | undefined;
}

/** A session that MediaMTX lists. */
export interface Player {
  /** Absent where that can't be told. */
  user?: string;
  path: string;
  /** ISO 8601. */
  created: string;
}

/** What users of MediaMTX could read lately and may no longer, by one of their passwords at least. Times: epoch ms. */
export class LostGrants {
  #lost: Lost[] = [];

  note(before: InternalUser[], after: InternalUser[]): void {
    const kept = new Set(after.flatMap(grantsOf).map(({ key }) => key));
    const lost = before.flatMap(grantsOf).filter(({ key }) => !kept.has(key));
    this.#lost.push(...lost.map(({ user, path }) => ({ user, path, toldAt: undefined })));
  }

  /** MediaMTX has taken all that was noted. */
  told(now: number): void {
    this.#lost = this.#lost.filter(({ toldAt = now }) => toldAt + rememberedMs > now);
    for (const lost of this.#lost) lost.toldAt ??= now;
  }

  /** Whether a player that shows up now may have logged in by what is lost; who came after that has not. */
  mayConcern({ user, path, created }: Player, now: number): boolean {
    const createdAt = Date.parse(created);
    const recent = this.#lost.filter(
      ({ toldAt = now }) => toldAt + rememberedMs > now && createdAt <= toldAt + settleMs,
    );
    if (user !== undefined) return recent.some((lost) => lost.user === user);
    return recent.some((lost) => lost.path === undefined || lost.path === path);
  }
}

interface Grant {
  key: string;
  user: string;
  /** Undefined: all. */
  path: string | undefined;
}

function grantsOf({ user, pass, permissions }: InternalUser): Grant[] {
  return permissions
    .filter(({ action }) => action === 'read')
    .map(({ path }) => ({ key: JSON.stringify([user, pass, path ?? null]), user, path }));
}
