import type { RtspReader } from '../mediamtx/users.ts';
import type { ApiKeyRow } from '../store/api-keys.ts';

// One that MediaMTX would not take as a path would keep it from taking any.
const pathName = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

/** The keys that are valid, as users of MediaMTX, and when the next of them ends (epoch milliseconds). */
export function keyReaders(rows: ApiKeyRow[], now: number): { readers: RtspReader[]; nextEnd: number } {
  const secrets = rows.flatMap((row) => secretsOf(row)).filter(({ end }) => end > now);
  return {
    readers: secrets.map(({ reader }) => reader),
    nextEnd: Math.min(Number.POSITIVE_INFINITY, ...secrets.map(({ end }) => end)),
  };
}

/** Both secrets of a rotated key are taken until the older one's time is over. */
function secretsOf(row: ApiKeyRow): { reader: RtspReader; end: number }[] {
  if (row.revoked_at !== null) return [];
  const cameras = row.cameras === null ? undefined : (JSON.parse(row.cameras) as string[]);
  const paths = cameras?.filter((name) => pathName.test(name));
  const reader = { username: row.key_id, ...(paths && { paths }) };
  const end = row.expires_at ?? Number.POSITIVE_INFINITY;
  const present = { reader: { ...reader, passwordHash: row.hash }, end };
  if (row.previous_hash === null) return [present];
  const previousEnd = Math.min(end, row.previous_until ?? 0);
  return [present, { reader: { ...reader, passwordHash: row.previous_hash }, end: previousEnd }];
}
