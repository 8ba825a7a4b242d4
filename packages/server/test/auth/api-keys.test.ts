import { describe, expect, it } from 'vitest';
import { createAccess, refusal } from './harness.ts';

const forever = { name: 'backup', role: 'viewer', cameras: null, expiresAt: null } as const;

describe('an API key', () => {
  it('is 256 random bits behind csk_, and its hash alone is kept', async () => {
    const { apiKeys, credentials, db } = createAccess();
    const { key, row } = apiKeys.create({ ...forever, cameras: ['camera1'] });
    expect(key).toMatch(/^csk_[A-Za-z0-9_-]{43}$/);
    expect(row.key_id).toMatch(/^key_[A-Za-z0-9_-]{12}$/);
    expect(JSON.stringify(db.prepare('SELECT * FROM api_keys').all())).not.toContain(key.slice(4));
    expect(await credentials.verify(key)).toEqual({
      user: 'backup',
      role: 'viewer',
      method: 'api_key',
      expiresAt: null,
      cameras: ['camera1'],
      basis: { kind: 'api_key', keyId: row.key_id, hash: row.hash },
    });
  });

  it('is refused where it is another, shortened, or of a camera that nobody knows', async () => {
    const { apiKeys, credentials } = createAccess();
    const { key } = apiKeys.create(forever);
    for (const wrong of [`csk_${'a'.repeat(43)}`, key.slice(0, -1), `${key}x`, 'csk_', key.toLowerCase()]) {
      expect(await refusal(() => credentials.verify(wrong))).toMatchObject({ reason: 'unknown_key' });
    }
    expect(await refusal(() => credentials.verify(key.slice(4), 'api_key'))).toMatchObject({
      reason: 'unknown_key',
    });
    expect(await refusal(() => apiKeys.create({ ...forever, cameras: ['camera9'] }))).toMatchObject({
      errorName: 'not_found',
      resource: 'camera',
      id: 'camera9',
    });
  });

  it('is told newest first, with when it was used to the minute', async () => {
    const { apiKeys, credentials, clock } = createAccess();
    const { key } = apiKeys.create({ ...forever, name: 'first' });
    apiKeys.create({ ...forever, name: 'second' });
    const firstUse = clock.nowMs;
    await credentials.verify(key);
    clock.nowMs += 59_999;
    await credentials.verify(key);
    expect(apiKeys.list()).toMatchObject([
      { name: 'second', last_used_at: null },
      { last_used_at: firstUse },
    ]);
    clock.nowMs += 1;
    await credentials.verify(key);
    expect(apiKeys.list()[1]).toMatchObject({ last_used_at: clock.nowMs });
  });

  it('with an end is good until then, and its sessions end with it', async () => {
    const { apiKeys, credentials, clock } = createAccess();
    const { key } = apiKeys.create({ ...forever, expiresAt: clock.nowMs + 1_000 });
    expect(await credentials.verify(key)).toMatchObject({ expiresAt: clock.nowMs + 1_000 });
    clock.nowMs += 1_000;
    expect(await refusal(() => credentials.verify(key))).toMatchObject({ reason: 'expired' });
  });
});

describe('a key that is revoked', () => {
  it('ends what is open by it, and stays in the list', async () => {
    const { apiKeys, credentials, changes } = createAccess();
    const { key, row } = apiKeys.create(forever);
    const identity = await credentials.verify(key);
    const before = changes();
    apiKeys.revoke(row.key_id);
    expect(changes()).toBe(before + 1);
    expect(credentials.current(identity)).toBeUndefined();
    expect(await refusal(() => credentials.verify(key))).toMatchObject({ reason: 'ended' });
    expect(apiKeys.list()).toMatchObject([{ revoked_at: expect.any(Number) }]);
  });

  it('can be revoked again, keeps its time, and can not be rotated', async () => {
    const { apiKeys, clock } = createAccess();
    const { row } = apiKeys.create(forever);
    const { revoked_at: revokedAt } = apiKeys.revoke(row.key_id);
    clock.nowMs += 1_000;
    expect(apiKeys.revoke(row.key_id).revoked_at).toBe(revokedAt);
    expect(await refusal(() => apiKeys.rotate(row.key_id, 60))).toMatchObject({
      errorName: 'invalid_state',
      state: 'revoked',
    });
  });

  it('that nobody knows is not found', async () => {
    const { apiKeys } = createAccess();
    for (const work of [() => apiKeys.revoke('key_x'), () => apiKeys.rotate('key_x', 0)]) {
      expect(await refusal(work)).toMatchObject({ errorName: 'not_found', resource: 'api_key', id: 'key_x' });
    }
  });
});

describe('a key that is rotated', () => {
  it('without grace ends its old secret at once, and keeps id, rights and end', async () => {
    const { apiKeys, credentials, clock } = createAccess();
    const end = clock.nowMs + 86_400_000;
    const old = apiKeys.create({ ...forever, cameras: ['camera0'], expiresAt: end });
    const identity = await credentials.verify(old.key);
    const { key, row } = apiKeys.rotate(old.row.key_id, 0);
    expect(row).toMatchObject({
      key_id: old.row.key_id,
      name: 'backup',
      cameras: '["camera0"]',
      expires_at: end,
    });
    expect(credentials.current(identity)).toBeUndefined();
    expect(await refusal(() => credentials.verify(old.key))).toMatchObject({ reason: 'unknown_key' });
    expect(await credentials.verify(key)).toMatchObject({ role: 'viewer', expiresAt: end });
  });

  it('with grace has both secrets for that time, the old one ends then and its sessions with it', async () => {
    const { apiKeys, credentials, clock } = createAccess();
    const old = apiKeys.create(forever);
    const before = await credentials.verify(old.key);
    const { key } = apiKeys.rotate(old.row.key_id, 60);
    const graceEnd = clock.nowMs + 60_000;
    expect(credentials.current(before)).toMatchObject({ expiresAt: graceEnd });
    expect(await credentials.verify(old.key)).toMatchObject({ expiresAt: graceEnd });
    expect(await credentials.verify(key)).toMatchObject({ expiresAt: null });
    clock.nowMs = graceEnd - 1;
    expect(await credentials.verify(old.key)).toMatchObject({ user: 'backup' });
    clock.nowMs = graceEnd;
    expect(await refusal(() => credentials.verify(old.key))).toMatchObject({ reason: 'ended' });
    expect(credentials.current(before)).toBeUndefined();
    expect(await credentials.verify(key)).toMatchObject({ user: 'backup' });
  });

  it('never lives longer by its grace than the key itself', async () => {
    const { apiKeys, credentials, clock } = createAccess();
    const end = clock.nowMs + 1_000;
    const old = apiKeys.create({ ...forever, expiresAt: end });
    apiKeys.rotate(old.row.key_id, 60);
    expect(await credentials.verify(old.key)).toMatchObject({ expiresAt: end });
    clock.nowMs = end;
    expect(await refusal(() => credentials.verify(old.key))).toMatchObject({ reason: 'expired' });
    expect(await refusal(() => apiKeys.rotate(old.row.key_id, 0))).toMatchObject({ state: 'expired' });
  });

  it('twice keeps only the last two secrets, and revoking ends both', async () => {
    const { apiKeys, credentials } = createAccess();
    const first = apiKeys.create(forever);
    const second = apiKeys.rotate(first.row.key_id, 60);
    const third = apiKeys.rotate(first.row.key_id, 60);
    expect(await refusal(() => credentials.verify(first.key))).toMatchObject({ reason: 'unknown_key' });
    expect(await credentials.verify(second.key)).toMatchObject({ user: 'backup' });
    apiKeys.revoke(first.row.key_id);
    for (const { key } of [second, third]) {
      expect(await refusal(() => credentials.verify(key))).toMatchObject({ reason: 'ended' });
    }
  });

  it('is not undone by a use that is noted at the same time', async () => {
    const { apiKeys, credentials, db } = createAccess();
    const { key, row } = apiKeys.create(forever);
    const identity = await credentials.verify(key);
    apiKeys.revoke(row.key_id);
    db.prepare('UPDATE api_keys SET last_used_at = NULL').run();
    await refusal(() => credentials.verify(key));
    expect(credentials.current(identity)).toBeUndefined();
  });
});
