import type { PathConfig } from './api.ts';

export type PathChange = { kind: 'none' } | { kind: 'patch'; fields: PathConfig } | { kind: 'replace' };

/**
 * What turns an actual path into the desired one. Only `record*` fields can change without dropping the publisher and
 * every reader, so a difference in those alone is a patch. Fields that we don't set are none of our business.
 */
export function comparePath(desired: PathConfig, actual: PathConfig | undefined): PathChange {
  if (!actual) return { kind: 'replace' };
  const different = Object.entries(desired).filter(([key, value]) => !isSameValue(value, actual[key]));
  if (different.length === 0) return { kind: 'none' };
  if (different.every(([key]) => key.startsWith('record')))
    return { kind: 'patch', fields: Object.fromEntries(different) };
  return { kind: 'replace' };
}

function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const [first, second] = [parseDuration(a), parseDuration(b)];
  return first !== undefined && first === second;
}

const unitMs: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** MediaMTX takes `1800s` and tells `30m0s`: the same in milliseconds. */
function parseDuration(value: unknown): number | undefined {
  // Zero is told as an empty text.
  if (value === '') return 0;
  if (typeof value !== 'string' || !/^(\d+(\.\d+)?(ms|d|h|m|s))+$/.test(value)) return undefined;
  let total = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|d|h|m|s)/g))
    total += Number(amount) * unitMs[unit!]!;
  return total;
}
