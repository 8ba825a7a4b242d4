import { describe, expect, it } from 'vitest';
import type { Identity } from '../../src/auth/identity.ts';
import { UrlSigner } from '../../src/http/signing.ts';
import { DownloadLinks, type LinkQuery } from '../../src/media-access/download-links.ts';
import { createAccess } from '../auth/harness.ts';

const path = '/files/recordings/a.mp4';
const password = 'a good password';
const hourMs = 3_600_000;

function createLab() {
  const access = createAccess();
  const { credentials, clock } = access;
  const state = { isOpenToAll: false };
  const signer = new UrlSigner({ secret: new Uint8Array(32).fill(9), now: clock.now });
  const links = new DownloadLinks({
    signer,
    credentials,
    openReads: () => state.isOpenToAll,
    now: clock.now,
  });
  const make = (identity: Identity | undefined): LinkQuery =>
    Object.fromEntries(new URLSearchParams(links.make(path, identity).split('?')[1]));
  const stateOf = (query: LinkQuery) => links.open(path, query).state;
  return { ...access, state, signer, links, make, stateOf };
}

type Lab = ReturnType<typeof createLab>;

async function loginAs(lab: Lab, user: string): Promise<Identity> {
  return await lab.logins.byPassword({ user, password, remoteAddress: '192.0.2.1' });
}

const login: Identity = {
  ...{ user: 'vera', role: 'viewer', method: 'jwt', expiresAt: null },
  basis: { kind: 'login', loginId: '7f3c1f4e-3f0e-4d7a-9c31-0a3f6a2b9d10' },
};

describe('a link', () => {
  it('of a key is good for a day, tells neither the key nor its hash, and ends with it', async () => {
    const lab = createLab();
    const { key, row } = lab.apiKeys.create({
      name: 'wall',
      role: 'viewer',
      cameras: ['camera0'],
      expiresAt: null,
    });
    const identity = await lab.credentials.verify(key);
    const link = lab.make(identity);
    expect(lab.links.make(path, identity).length).toBeLessThan(160);
    expect(lab.links.make(path, identity)).not.toMatch(
      new RegExp(`${key.slice(4, 16)}|${row.hash.slice(0, 20)}`),
    );
    expect(lab.links.open(path, link)).toMatchObject({
      state: 'valid',
      identity: { user: 'wall', cameras: ['camera0'], basis: identity.basis },
    });
    lab.clock.nowMs += 24 * hourMs - 1_000;
    expect(lab.stateOf(link)).toBe('valid');
    lab.apiKeys.revoke(row.key_id);
    expect(lab.stateOf(link)).toBe('ended');
    lab.clock.nowMs += 1_000;
    expect(lab.stateOf(link)).toBe('expired');
  });

  it('of the older secret of a rotated key ends with its time', async () => {
    const lab = createLab();
    const { key, row } = lab.apiKeys.create({ name: 'wall', role: 'viewer', cameras: null, expiresAt: null });
    const before = lab.make(await lab.credentials.verify(key));
    const rotated = lab.apiKeys.rotate(row.key_id, 60);
    const after = lab.make(await lab.credentials.verify(rotated.key));
    lab.clock.nowMs += 59_000;
    expect([lab.stateOf(before), lab.stateOf(after)]).toEqual(['valid', 'valid']);
    lab.clock.nowMs += 1_000;
    expect([lab.stateOf(before), lab.stateOf(after)]).toEqual(['ended', 'valid']);
  });

  it('of a user has the rights that the user has now, and ends with the password and the user', async () => {
    const lab = createLab();
    // A name that can't stand in a query as it is.
    const user = 'Ann. Löwe & co';
    await lab.users.create(user, { password, role: 'viewer', cameras: null });
    const link = lab.make(await loginAs(lab, user));
    await lab.users.set(user, { cameras: ['camera1'] });
    expect(lab.links.open(path, link)).toMatchObject({
      state: 'valid',
      identity: { user, cameras: ['camera1'] },
    });
    await lab.users.set(user, { password: 'another password' });
    expect(lab.stateOf(link)).toBe('ended');
    await lab.users.create('bob', { password, role: 'viewer', cameras: null });
    const ofBob = lab.make(await loginAs(lab, 'bob'));
    lab.users.remove('bob');
    expect(lab.stateOf(ofBob)).toBe('ended');
  });

  it('of a login that bears its rights keeps its cameras, and ends with it', () => {
    const lab = createLab();
    const identity: Identity = { ...login, cameras: ['camera0', 'camera12'] };
    const link = lab.make(identity);
    expect(lab.links.open(path, link)).toMatchObject({
      identity: { cameras: ['camera0', 'camera12'], basis: identity.basis },
    });
    expect(lab.links.open(path, lab.make({ ...login, cameras: [] }))).toMatchObject({
      identity: { cameras: [] },
    });
    lab.credentials.endLogin(identity);
    expect(lab.stateOf(link)).toBe('ended');
  });

  it('of one browser ends with its session, and those of the login go on', () => {
    const lab = createLab();
    const browser: Identity = {
      ...login,
      method: 'session',
      sessionId: 'f0a2c5d8-6f6b-4b44-8a64-7d5f0f0f9a01',
    };
    const [ofBrowser, ofLogin] = [lab.make(browser), lab.make(login)];
    lab.credentials.endLogin(browser);
    expect([lab.stateOf(ofBrowser), lab.stateOf(ofLogin)]).toEqual(['ended', 'valid']);
  });

  it('lives no longer than the login that it was made by', () => {
    const lab = createLab();
    const link = lab.make({ ...login, expiresAt: lab.clock.nowMs + hourMs });
    expect(lab.links.open(path, link)).toMatchObject({ identity: { expiresAt: lab.clock.nowMs + hourMs } });
    lab.clock.nowMs += hourMs;
    expect(lab.stateOf(link)).toBe('expired');
  });

  it('of nobody is good while security.open_reads is on', () => {
    const lab = createLab();
    const link = lab.make(undefined);
    expect(lab.stateOf(link)).toBe('ended');
    lab.state.isOpenToAll = true;
    expect(lab.links.open(path, link)).toEqual({ state: 'valid', identity: undefined });
  });

  it.each([
    ['without its holder', ({ exp, sig }: LinkQuery) => ({ exp, sig })],
    ['of another holder', (query: LinkQuery) => ({ ...query, by: query.by!.replace('l.', 'c.') })],
    ['with a later end', (query: LinkQuery) => ({ ...query, exp: String(Number(query.exp) + 1) })],
    ['without a signature', ({ exp, by }: LinkQuery) => ({ exp, by })],
  ])('%s is not valid', (_what, change) => {
    const lab = createLab();
    lab.state.isOpenToAll = true;
    expect(lab.stateOf(change(lab.make(login)))).toBe('invalid');
  });

  it('for another file is not valid', () => {
    const lab = createLab();
    expect(lab.links.open('/files/recordings/b.mp4', lab.make(login)).state).toBe('invalid');
  });
});
