import { describe, expect, it } from 'vitest';
import type { Identity } from '../../src/auth/identity.ts';
import { createAccess, refusal, type AccessLab } from './harness.ts';

const password = 'a good password';
const admin = { password, role: 'admin', cameras: null } as const;
const viewer = { password, role: 'viewer', cameras: ['camera0'] } as const;

async function login(lab: AccessLab, user: string, word = password): Promise<Identity> {
  return await lab.logins.byPassword({ user, password: word, remoteAddress: '192.0.2.1' });
}

describe('a user', () => {
  it('is told with role and cameras, and logs in whatever the case of the name', async () => {
    const lab = createAccess();
    await lab.users.create('Ann', { ...viewer, cameras: ['camera0', 'camera0'] });
    expect(lab.users.list()).toMatchObject([
      { name: 'Ann', role: 'viewer', cameras: '["camera0"]', last_login_at: null },
    ]);
    lab.clock.nowMs += 5_000;
    expect(await login(lab, 'aNN')).toMatchObject({
      user: 'Ann',
      role: 'viewer',
      method: 'password',
      cameras: ['camera0'],
      expiresAt: null,
    });
    expect(lab.users.list()).toMatchObject([{ last_login_at: lab.clock.nowMs }]);
  });

  it('can not be made twice, not even in other letters', async () => {
    const { users } = createAccess();
    await users.create('Ann', admin);
    for (const name of ['Ann', 'ANN']) {
      expect(await refusal(() => users.create(name, admin))).toMatchObject({
        errorName: 'invalid_state',
        state: 'exists',
      });
    }
  });

  it('of two that are made at once only one is', async () => {
    const { users } = createAccess();
    const both = await Promise.allSettled([users.create('ann', admin), users.create('ann', viewer)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(users.list()).toHaveLength(1);
  });

  it('is not limited to a camera that nobody knows', async () => {
    const { users } = createAccess();
    const cameras = ['camera0', 'camera7'];
    const unknown = { errorName: 'not_found', resource: 'camera', id: 'camera7' };
    expect(await refusal(() => users.create('ann', { ...viewer, cameras }))).toMatchObject(unknown);
    await users.create('ann', viewer);
    expect(await refusal(() => users.set('ann', { cameras }))).toMatchObject(unknown);
  });

  it.each(['set', 'setPassword', 'remove'] as const)('that is unknown is not found by %s', async (method) => {
    const { users } = createAccess();
    const calls = {
      set: () => users.set('nobody', { role: 'viewer' }),
      setPassword: () => users.setPassword('nobody', password),
      remove: () => users.remove('nobody'),
    };
    expect(await refusal(calls[method])).toMatchObject({
      errorName: 'not_found',
      resource: 'user',
      id: 'nobody',
    });
  });
});

describe('rights', () => {
  it('that change change in the logins that are open, and what is left out stays', async () => {
    const lab = createAccess();
    await lab.users.create('ann', viewer);
    const identity = await login(lab, 'ann');
    const before = lab.changes();
    await lab.users.set('ANN', { role: 'operator' });
    expect(lab.credentials.current(identity)).toMatchObject({ role: 'operator', cameras: ['camera0'] });
    await lab.users.set('ann', { cameras: null });
    expect(lab.credentials.current(identity)).toMatchObject({ role: 'operator' });
    expect(lab.credentials.current(identity)).not.toHaveProperty('cameras');
    expect(lab.changes()).toBe(before + 2);
  });

  it('end with the user, also where one of the same name is made again', async () => {
    const lab = createAccess();
    await lab.users.create('ann', viewer);
    const identity = await login(lab, 'ann');
    lab.users.remove('Ann');
    expect(lab.credentials.current(identity)).toBeUndefined();
    await lab.users.create('ann', viewer);
    expect(lab.credentials.current(identity)).toBeUndefined();
  });
});

describe('the last admin', () => {
  it('can neither be removed nor made less, and nothing of the change stays', async () => {
    const { users } = createAccess();
    await users.create('ann', admin);
    await users.create('bob', viewer);
    const lastAdmin = { errorName: 'invalid_state', state: 'last_admin' };
    expect(await refusal(() => users.remove('ann'))).toMatchObject(lastAdmin);
    expect(await refusal(() => users.set('ann', { role: 'operator', cameras: ['camera1'] }))).toMatchObject(
      lastAdmin,
    );
    expect(users.list()[0]).toMatchObject({ name: 'ann', role: 'admin', cameras: null });
    await users.set('bob', { role: 'admin' });
    expect(users.remove('ann')).toMatchObject({ name: 'ann' });
    expect(await refusal(() => users.remove('bob'))).toMatchObject(lastAdmin);
  });

  it('may get a new password and other cameras, and other users may go where there never was an admin', async () => {
    const { users } = createAccess();
    await users.create('bob', viewer);
    users.remove('bob');
    await users.create('ann', admin);
    await users.set('ann', { role: 'admin', cameras: ['camera0'], password: 'another password' });
    expect(users.list()).toMatchObject([{ name: 'ann', cameras: '["camera0"]' }]);
  });
});

describe('a password', () => {
  it('that is set ends every login of the user and of nobody else', async () => {
    const lab = createAccess();
    await lab.users.create('ann', viewer);
    await lab.users.create('bob', viewer);
    const [ann, bob] = [await login(lab, 'ann'), await login(lab, 'bob')];
    await lab.users.setPassword('ann', 'another password');
    expect(lab.credentials.current(ann)).toBeUndefined();
    expect(lab.credentials.current(bob)).toMatchObject({ user: 'bob' });
    expect(await refusal(() => login(lab, 'ann'))).toMatchObject({ reason: 'wrong_password' });
    expect(await login(lab, 'ann', 'another password')).toMatchObject({ user: 'ann' });
  });

  it('that the user changes leaves the login that did it, and its tokens', async () => {
    const lab = createAccess();
    await lab.users.create('ann', viewer);
    const [own, other] = [await login(lab, 'ann'), await login(lab, 'ann')];
    const { token } = await lab.logins.issueToken(own);
    const change = { currentPassword: password, password: 'another password', remoteAddress: '192.0.2.1' };
    await lab.logins.changeOwnPassword(own, change);
    expect(lab.credentials.current(other)).toBeUndefined();
    const kept = lab.credentials.current(own)!;
    expect(await lab.credentials.verify(token)).toMatchObject({ user: 'ann' });
    const renewed = await lab.logins.issueToken(kept);
    expect(await lab.credentials.verify(renewed.token)).toMatchObject({ user: 'ann' });
    await lab.users.setPassword('ann', 'a third password');
    expect(lab.credentials.current(own)).toBeUndefined();
    expect(lab.credentials.current(kept)).toBeUndefined();
    expect(await refusal(() => lab.credentials.verify(renewed.token))).toMatchObject({ reason: 'ended' });
  });

  it('is not changed with a wrong current one, and that counts as a failed login', async () => {
    const lab = createAccess();
    await lab.users.create('ann', viewer);
    const own = await login(lab, 'ann');
    const change = { currentPassword: 'wrong', password: 'another password', remoteAddress: '192.0.2.9' };
    for (let i = 0; i < 5; i++) {
      expect(await refusal(() => lab.logins.changeOwnPassword(own, change))).toMatchObject({
        errorName: 'authentication_failed',
        reason: 'wrong_password',
      });
    }
    const right = { ...change, currentPassword: password };
    expect(await refusal(() => lab.logins.changeOwnPassword(own, right))).toMatchObject({
      errorName: 'rate_limited',
    });
    expect(await login(lab, 'ann')).toMatchObject({ user: 'ann' });
  });

  it('of two changes at once only one counts, and its login stays', async () => {
    const lab = createAccess();
    await lab.users.create('ann', viewer);
    const logins = [await login(lab, 'ann'), await login(lab, 'ann')];
    const results = await Promise.allSettled(
      logins.map((own, index) =>
        lab.users.changeOwnPassword(own, { currentPassword: password, password: `password number ${index}` }),
      ),
    );
    const isDone = results.map(({ status }) => status === 'fulfilled');
    expect(isDone.filter(Boolean)).toHaveLength(1);
    expect(logins.map((own) => lab.credentials.current(own) !== undefined)).toEqual(isDone);
  });

  it('that was set while it was checked is the one that counts', async () => {
    const lab = createAccess();
    await lab.users.create('ann', viewer);
    const checking = lab.users.verifyPassword('ann', password);
    lab.users.remove('ann');
    expect(await checking).toBeUndefined();
  });

  it('is nowhere in the database', async () => {
    const lab = createAccess();
    await lab.users.create('ann', viewer);
    await login(lab, 'ann');
    expect(JSON.stringify(lab.db.prepare('SELECT * FROM users').all())).not.toContain(password);
  });
});

describe('a login that fails', () => {
  it('says the same whether it is the user or the password', async () => {
    const lab = createAccess();
    await lab.users.create('ann', viewer);
    const wrong = await refusal(() => login(lab, 'ann', 'wrong password'));
    expect(await refusal(() => login(lab, 'nobody', 'wrong password'))).toEqual(wrong);
  });

  it('is refused after the fifth for one address before anything is checked, also with the right password', async () => {
    const lab = createAccess();
    await lab.users.create('ann', viewer);
    for (let i = 0; i < 5; i++) await refusal(() => login(lab, `guess${i}`, 'wrong password'));
    expect(await refusal(() => login(lab, 'ann'))).toMatchObject({
      errorName: 'rate_limited',
      reason: 'too_many_failed_logins',
    });
    const elsewhere = { user: 'ann', password, remoteAddress: '192.0.2.2' };
    expect(await lab.logins.byPassword(elsewhere)).toMatchObject({ user: 'ann' });
  });
});

describe('an admin whose rights end while a password is hashed', () => {
  const ended = { errorName: 'authentication_failed', reason: 'ended' };

  it('makes no user', async () => {
    const lab = createAccess();
    for (const name of ['ann', 'eve']) await lab.users.create(name, admin);
    const eve = await login(lab, 'eve');
    const made = refusal(() => lab.users.create('door', admin, eve));
    lab.users.remove('eve');
    expect(await made).toMatchObject(ended);
    expect(lab.users.list().map(({ name }) => name)).toEqual(['ann']);
  });

  it('changes nobody’s password', async () => {
    const lab = createAccess();
    for (const name of ['ann', 'eve']) await lab.users.create(name, admin);
    const eve = await login(lab, 'eve');
    const set = refusal(() => lab.users.setPassword('ann', 'another password', eve));
    await lab.users.set('eve', { role: 'viewer' });
    expect(await set).toMatchObject(ended);
    expect(await login(lab, 'ann')).toMatchObject({ user: 'ann' });
  });

  it('gives no more than the cameras that are left', async () => {
    const lab = createAccess();
    for (const name of ['ann', 'eve']) await lab.users.create(name, admin);
    const eve = await login(lab, 'eve');
    const made = refusal(() => lab.users.create('door', admin, eve));
    await lab.users.set('eve', { cameras: ['camera0'] });
    expect(await made).toMatchObject({ errorName: 'permission_denied', reason: 'wider_rights' });
  });
});
