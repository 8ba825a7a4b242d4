import { describe, expect, it } from 'vitest';
import type { Identity } from '../../src/auth/identity.ts';
import { EndedLoginStore } from '../../src/store/ended-logins.ts';
import { createAccess, refusal } from './harness.ts';

describe('a login that is ended', () => {
  it('ends with every token of it, and no other login of the same user', async () => {
    const { credentials, tokens } = createAccess();
    const token = await tokens.create({ user: 'ann', role: 'viewer' });
    const other = await tokens.create({ user: 'ann', role: 'viewer' });
    const identity = await credentials.verify(token);
    credentials.endLogin(identity);
    expect(credentials.current(identity)).toBeUndefined();
    expect(await refusal(() => credentials.verify(token))).toMatchObject({
      errorName: 'authentication_failed',
      reason: 'ended',
    });
    expect(await credentials.verify(other)).toMatchObject({ user: 'ann' });
  });

  it('ends with the tokens that were made of it', async () => {
    const { credentials, tokens, logins } = createAccess();
    const identity = await credentials.verify(await tokens.create({ user: 'ann', role: 'viewer' }));
    const { token } = await logins.issueToken(identity);
    credentials.endLogin(identity);
    expect(await refusal(() => credentials.verify(token))).toMatchObject({ reason: 'ended' });
  });

  it('of a browser ends that browser and what came from it, not the token that it was opened with', async () => {
    const { credentials, tokens, logins } = createAccess();
    const token = await tokens.create({ user: 'ann', role: 'viewer' });
    const identity = await credentials.verify(token);
    const browser: Identity = { ...identity, method: 'session', sessionId: 'browser-1' };
    const ofBrowser = await logins.issueToken(browser);
    expect(await credentials.verify(ofBrowser.token)).toMatchObject({ sessionId: 'browser-1' });
    credentials.endLogin(browser);
    expect(credentials.current(browser)).toBeUndefined();
    expect(await refusal(() => credentials.verify(ofBrowser.token))).toMatchObject({ reason: 'ended' });
    expect(await credentials.verify(token)).toMatchObject({ user: 'ann' });
    expect(credentials.current({ ...browser, sessionId: 'browser-2' })).toBeDefined();
    credentials.endLogin(identity);
    expect(credentials.current({ ...browser, sessionId: 'browser-2' })).toBeUndefined();
  });

  it('leaves an API key, but not a browser that stands on one', async () => {
    const { credentials, apiKeys } = createAccess();
    const { key } = apiKeys.create({ name: 'wall', role: 'viewer', cameras: null, expiresAt: null });
    const identity = await credentials.verify(key);
    credentials.endLogin(identity);
    expect(credentials.current(identity)).toBeDefined();
    const browser: Identity = { ...identity, method: 'session', sessionId: 'browser-1' };
    credentials.endLogin(browser);
    expect(credentials.current(browser)).toBeUndefined();
    expect(credentials.current(identity)).toBeDefined();
  });

  it('of a token that somebody made for years does not come back', async () => {
    const { credentials, tokens, clock, db } = createAccess();
    const token = await tokens.create({ user: 'ann', role: 'viewer', expiresInSeconds: 3650 * 86_400 });
    credentials.endLogin(await credentials.verify(token));
    clock.nowMs += 400 * 86_400_000;
    new EndedLoginStore(db).prune(clock.nowMs);
    expect(await refusal(() => credentials.verify(token))).toMatchObject({ reason: 'ended' });
  });

  it('stays ended for as long as any token of it can live', async () => {
    const { credentials, users, logins, tokens, clock, db } = createAccess();
    const password = 'a good password';
    await users.create('ann', { password, role: 'viewer', cameras: null });
    const login = await logins.byPassword({ user: 'ann', password, remoteAddress: '192.0.2.1' });
    const { loginId } = login.basis as { loginId: string };
    const { generation } = users.list()[0]!;
    const expiresInSeconds = 365 * 86_400;
    const token = await tokens.create({ user: 'ann', role: 'viewer', generation, loginId, expiresInSeconds });
    credentials.endLogin(await credentials.verify(token));
    clock.nowMs += 365 * 86_400_000 - 1;
    new EndedLoginStore(db).prune(clock.nowMs);
    expect(await refusal(() => credentials.verify(token))).toMatchObject({ reason: 'ended' });
    clock.nowMs += 2 * 86_400_000;
    new EndedLoginStore(db).prune(clock.nowMs);
    expect(db.prepare('SELECT * FROM ended_logins').all()).toEqual([]);
  });
});

describe('a token bears a user’s name', () => {
  it('and is not that user: it stays what it says when the user is changed or removed', async () => {
    const { credentials, tokens, users } = createAccess();
    await users.create('ann', { password: 'a good password', role: 'viewer', cameras: null });
    const identity = await credentials.verify(await tokens.create({ user: 'ann', role: 'operator' }));
    users.remove('ann');
    expect(credentials.current(identity)).toMatchObject({ role: 'operator' });
  });

  it('and a generation that is not the user’s: it is refused', async () => {
    const { credentials, tokens, users } = createAccess();
    await users.create('ann', { password: 'a good password', role: 'viewer', cameras: null });
    const token = await tokens.create({ user: 'ann', role: 'admin', generation: 'guessed' });
    expect(await refusal(() => credentials.verify(token))).toMatchObject({ reason: 'ended' });
  });

  it('and its generation: the rights are the user’s, whatever the token says', async () => {
    const { credentials, tokens, users } = createAccess();
    const { generation } = await users.create('ann', {
      password: 'a good password',
      role: 'viewer',
      cameras: ['camera1'],
    });
    const token = await tokens.create({ user: 'ann', role: 'admin', generation });
    expect(await credentials.verify(token)).toMatchObject({ role: 'viewer', cameras: ['camera1'] });
  });
});

it('whoever no longer listens is not told', () => {
  const { credentials } = createAccess();
  let told = 0;
  const stop = credentials.onChange(() => (told += 1));
  credentials.noteChange();
  stop();
  credentials.noteChange();
  expect(told).toBe(1);
});

describe('a new token of a login', () => {
  it('of a user lives as long as new tokens do', async () => {
    const { logins, users, clock, credentials } = createAccess();
    await users.create('ann', { password: 'a good password', role: 'viewer', cameras: ['camera0'] });
    const identity = await logins.byPassword({
      user: 'ann',
      password: 'a good password',
      remoteAddress: '192.0.2.1',
    });
    const first = await logins.issueToken(identity);
    clock.nowMs += 3_000_000;
    const second = await logins.issueToken(await credentials.verify(first.token));
    expect(second.expiresAt).toBe(clock.nowMs + 3_600_000);
    expect(await credentials.verify(second.token)).toMatchObject({ cameras: ['camera0'], role: 'viewer' });
  });

  it('of a token that bears its rights itself never lives longer than that, nor longer than new tokens do', async () => {
    const { logins, tokens, credentials, clock } = createAccess();
    const options = { user: 'ann', role: 'viewer', cameras: ['camera0'] } as const;
    const short = await tokens.create({ ...options, cameras: ['camera0'], expiresInSeconds: 600 });
    const long = await tokens.create({ ...options, cameras: ['camera0'], expiresInSeconds: 86_400 });
    const ofShort = await logins.issueToken(await credentials.verify(short));
    const ofLong = await logins.issueToken(await credentials.verify(long));
    expect(ofShort.expiresAt).toBe(clock.nowMs + 600_000);
    expect(ofLong.expiresAt).toBe(clock.nowMs + 3_600_000);
    expect(await credentials.verify(ofShort.token)).toMatchObject({
      cameras: ['camera0'],
      expiresAt: ofShort.expiresAt,
    });
  });

  it('is not there for an API key', async () => {
    const { logins, apiKeys, credentials } = createAccess();
    const { key } = apiKeys.create({ name: 'backup', role: 'viewer', cameras: null, expiresAt: null });
    const identity = await credentials.verify(key);
    expect(await refusal(() => logins.issueToken(identity))).toMatchObject({
      errorName: 'invalid_state',
      state: 'api_key',
    });
  });
});
