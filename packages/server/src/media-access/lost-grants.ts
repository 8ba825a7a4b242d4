import type { InternalUser } from '../mediamtx/api.ts';

// MediaMTX answers before it goes by what it was told, and who logged in just before is listed just after.
const rememberedMs = 1_500;

/** What users of MediaMTX could read lately and may no longer, by one of their passwords at least. */
export class LostGrants {
  #lost: { user: string; path: string | undefined; at: number }[] = [];

  note(before: InternalUser[], after: InternalUser[], now: number): void {
    const kept = new Set(after.flatMap(grantsOf).map(({ key }) => key));
    const lost = before.flatMap(grantsOf).filter(({ key }) => !kept.has(key));
    const recent = this.#lost.filter(({ at }) => at + rememberedMs > now);
    this.#lost = [...recent, ...lost.map(({ user, path }) => ({ user, path, at: now }))];
  }

  /** Whether a player that shows up now may have logged in by what is lost. `user`: absent where that can't be told. */
  mayConcern({ user, path }: { user?: string; path: string }, now: number): boolean {
    const recent = this.#lost.filter(({ at }) => at + rememberedMs > now);
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
