import type { InternalUser } from '../mediamtx/api.ts';

/** Paths that somebody could read and may no longer. */
export interface LostPaths {
  has(path: string): boolean;
}

export function lostPaths(before: InternalUser[], after: InternalUser[]): LostPaths {
  const kept = new Set(after.flatMap(grants));
  const lost = before.flatMap(grants).filter((grant) => !kept.has(grant));
  const paths = new Set(lost.map((grant) => (JSON.parse(grant) as string[])[2] ?? ''));
  return { has: (path) => paths.has('') || paths.has(path) };
}

/** No path: all. */
function grants({ user, pass, permissions }: InternalUser): string[] {
  return permissions
    .filter(({ action }) => action === 'read')
    .map(({ path = '' }) => JSON.stringify([user, pass, path]));
}
