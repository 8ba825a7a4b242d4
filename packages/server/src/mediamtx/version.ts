/** Inclusive; the API has what we use from the first on, and nothing newer than the last was tried. */
export const supportedVersions = { from: [1, 15, 2], below: [1, 21, 0] } as const;

/** Whether a version as `/v3/info` tells it (`v1.20.1`) is one that this service works with. */
export function isSupportedVersion(version: string): boolean {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (!match) return false;
  const parts = match.slice(1).map(Number);
  return compare(parts, supportedVersions.from) >= 0 && compare(parts, supportedVersions.below) < 0;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
