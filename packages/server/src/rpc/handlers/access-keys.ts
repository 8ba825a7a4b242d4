import type { Result } from '@mediamtx-camera-service/protocol';
import type { ApiKeys, ToldKey } from '../../auth/api-keys.ts';
import { camerasOfRow } from '../../auth/camera-limit.ts';
import type { ApiKeyRow } from '../../store/api-keys.ts';
import type { HandlersOf } from '../call.ts';
import { invalidParam } from '../invalid-params.ts';
import { isTold, withoutForeign } from '../told-rights.ts';

export interface ApiKeyHandlerDeps {
  apiKeys: ApiKeys;
  now?: () => number;
}

export type ApiKeyHandlers = Pick<
  HandlersOf<'access'>,
  'create_api_key' | 'list_api_keys' | 'rotate_api_key' | 'revoke_api_key'
>;

export function apiKeyHandlers({ apiKeys, now = Date.now }: ApiKeyHandlerDeps): ApiKeyHandlers {
  return {
    create_api_key: ({ name, role, cameras = null, expires_at, expires_in }, { identity }) => {
      const expiresAt = readEnd({ expires_at, expires_in }, now());
      return describeNew(apiKeys.create({ name, role, cameras, expiresAt }, identity));
    },
    list_api_keys: (_params, { identity }) => ({
      keys: apiKeys.list().map(describeKey).filter(isTold(identity)).map(withoutForeign(identity)),
    }),
    rotate_api_key: ({ key_id: keyId, grace_seconds: graceSeconds }, { identity }) =>
      describeNew(apiKeys.rotate(keyId, graceSeconds, identity)),
    revoke_api_key: ({ key_id: keyId }, { identity }) => ({
      key_id: apiKeys.revoke(keyId, identity).key_id,
      revoked: true,
    }),
  };
}

const unitMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
// Years of four digits, as timestamps have them.
const latestEndMs = Date.UTC(9999, 11, 31);

/** When a key ends, epoch milliseconds; null: never. */
function readEnd(
  given: { expires_at?: string | undefined; expires_in?: string | undefined },
  now: number,
): number | null {
  const { expires_at: expiresAt, expires_in: expiresIn } = given;
  if (expiresAt !== undefined && expiresIn !== undefined) {
    throw invalidParam({
      param: 'expires_in',
      rule: 'exclusive',
      problem: "can't be told beside expires_at",
    });
  }
  if (expiresAt !== undefined) {
    const end = Date.parse(expiresAt);
    if (end > now) return end;
    throw invalidParam({ param: 'expires_at', rule: 'future', problem: 'must be in the future' });
  }
  if (expiresIn === undefined) return null;
  const end = now + Number(expiresIn.slice(0, -1)) * unitMs[expiresIn.at(-1)!]!;
  if (end <= latestEndMs) return end;
  throw invalidParam({ param: 'expires_in', rule: 'max', problem: 'must end before the year 10000' });
}

function describeNew({ row, key }: ToldKey): Result<'create_api_key'> {
  const { key_id, name, role, cameras, expires_at } = describeKey(row);
  return { key_id, name, role, cameras, expires_at, key };
}

function describeKey(row: ApiKeyRow): Result<'list_api_keys'>['keys'][number] {
  return {
    key_id: row.key_id,
    name: row.name,
    role: row.role,
    cameras: camerasOfRow(row.cameras),
    created_at: timestamp(row.created_at),
    expires_at: row.expires_at === null ? null : timestamp(row.expires_at),
    last_used_at: row.last_used_at === null ? null : timestamp(row.last_used_at),
    revoked: row.revoked_at !== null,
  };
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
