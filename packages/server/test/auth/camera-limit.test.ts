import { describe, expect, it } from 'vitest';
import type { Identity } from '../../src/auth/identity.ts';
import { isTold, withoutForeign } from '../../src/rpc/told-rights.ts';
import { createAccess, refusal } from './harness.ts';

const password = 'a good password';
/** An admin who may know of camera0 alone. */
const limited: Identity = {
  user: 'lim',
  role: 'admin',
  method: 'jwt',
  expiresAt: null,
  cameras: ['camera0'],
  basis: { kind: 'login', loginId: 'login-1' },
};
const wider = { errorName: 'permission_denied', reason: 'wider_rights' };
const rights = (cameras: string[] | null) => ({ password, role: 'admin', cameras }) as const;
const key = (cameras: string[] | null) => ({ name: 'k', role: 'viewer', expiresAt: null, cameras }) as const;
const hidden = (id: string) => ({ errorName: 'not_found', resource: 'camera', id });

describe('an admin who is limited to cameras', () => {
  it('gives rights on those, and neither on all nor on another', async () => {
    const { users, apiKeys } = createAccess();
    await users.create('ann', rights(['camera0']), limited);
    expect(await refusal(() => users.create('bob', rights(null), limited))).toMatchObject(wider);
    for (const id of ['camera1', 'camera9']) {
      expect(await refusal(() => users.create('bob', rights([id]), limited))).toMatchObject(hidden(id));
      expect(await refusal(() => users.create('ANN', rights([id]), limited))).toMatchObject(hidden(id));
      expect(await refusal(() => users.set('ann', { cameras: ['camera0', id] }, limited))).toMatchObject(
        hidden(id),
      );
    }
    expect(await refusal(() => users.set('ann', { cameras: null }, limited))).toMatchObject(wider);
    apiKeys.create(key(['camera0']), limited);
    expect(await refusal(() => apiKeys.create(key(null), limited))).toMatchObject(wider);
    expect(await refusal(() => apiKeys.create(key(['camera1']), limited))).toMatchObject(hidden('camera1'));
  });

  it.each([[null], [['camera1']], [['camera0', 'camera1']]])(
    'can not touch a user or a key with the cameras %j',
    async (cameras) => {
      const { users, apiKeys } = createAccess();
      await users.create('boss', { password, role: 'viewer', cameras });
      const { row } = apiKeys.create({ name: 'boss', role: 'viewer', cameras, expiresAt: null });
      const attempts = [
        () => users.set('boss', { password: 'another password' }, limited),
        () => users.set('boss', { role: 'admin' }, limited),
        () => users.set('boss', { cameras: ['camera0'], password: 'another password' }, limited),
        () => users.setPassword('boss', 'another password', limited),
        () => users.remove('boss', limited),
        () => apiKeys.rotate(row.key_id, 0, limited),
        () => apiKeys.revoke(row.key_id, limited),
      ];
      for (const attempt of attempts) expect(await refusal(attempt)).toMatchObject(wider);
      expect(users.list()).toMatchObject([{ role: 'viewer' }]);
      expect(await users.verifyPassword('boss', password)).toBeDefined();
      expect(apiKeys.list()).toMatchObject([{ revoked_at: null, hash: row.hash }]);
    },
  );

  it('changes those who have no more', async () => {
    const { users, apiKeys } = createAccess();
    const cameras = ['camera0'];
    await users.create('ann', { password, role: 'viewer', cameras }, limited);
    await users.set('ann', { role: 'operator', password: 'another password' }, limited);
    expect(users.remove('ann', limited)).toMatchObject({ role: 'operator' });
    const { row } = apiKeys.create({ name: 'k', role: 'viewer', cameras, expiresAt: null }, limited);
    apiKeys.rotate(row.key_id, 0, limited);
    expect(apiKeys.revoke(row.key_id, limited).revoked_at).not.toBeNull();
  });

  it('is told of others without the cameras that are hidden, and of none who is only for these', () => {
    const entries = [{ cameras: null }, { cameras: ['camera0', 'camera1'] }, { cameras: ['camera1'] }];
    expect(entries.filter(isTold(limited)).map(withoutForeign(limited))).toEqual([
      { cameras: null },
      { cameras: ['camera0'] },
    ]);
    expect(entries.filter(isTold(undefined)).map(withoutForeign(undefined))).toEqual(entries);
  });
});
