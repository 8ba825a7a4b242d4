import { describe, expect, it } from 'vitest';
import type { Identity } from '../../src/auth/identity.ts';
import { OpenMedia, type NewMedia } from '../../src/media-access/open-media.ts';
import { createAccess } from '../auth/harness.ts';

const rights = { role: 'viewer', cameras: ['camera0'], expiresAt: null } as const;

function createLab() {
  const access = createAccess();
  const state = { isOpenToAll: false };
  const { credentials, clock } = access;
  const openMedia = new OpenMedia({ credentials, openReads: () => state.isOpenToAll, now: clock.now });
  openMedia.start();
  const ended: string[] = [];
  const open = (identity: Identity | undefined, more: Partial<NewMedia> & { id: string }) =>
    openMedia.add({
      ...{ transport: 'webrtc', identity, device: 'camera0', remoteAddress: '192.0.2.1' },
      ...{ end: () => void ended.push(more.id) },
      ...more,
    });
  return { ...access, state, openMedia, ended, open, [Symbol.dispose]: () => openMedia.stop() };
}

async function keyHolder(
  { apiKeys, credentials }: ReturnType<typeof createLab>,
  expiresAt: number | null = null,
) {
  const { key, row } = apiKeys.create({ ...rights, cameras: ['camera0'], name: 'wall', expiresAt });
  return { identity: await credentials.verify(key), keyId: row.key_id };
}

describe('open media', () => {
  it('are told with who watches what since when; HTTP answers are not', async () => {
    using lab = createLab();
    const { identity } = await keyHolder(lab);
    lab.open(identity, { id: 'a' });
    lab.open(identity, { id: 'b', transport: 'rtsp' });
    lab.open(identity, { id: 'c', transport: 'http' });
    const told = { identity, device: 'camera0', remoteAddress: '192.0.2.1', openedAt: lab.clock.nowMs };
    expect(lab.openMedia.list()).toEqual([
      { ...told, id: 'a', transport: 'webrtc' },
      { ...told, id: 'b', transport: 'rtsp' },
    ]);
  });

  it('end once, by their id, and not after they were over', async () => {
    using lab = createLab();
    const { identity } = await keyHolder(lab);
    lab.open(identity, { id: 'a' });
    const takeAway = lab.open(identity, { id: 'b' });
    takeAway();
    expect([lab.openMedia.end('a'), lab.openMedia.end('a'), lab.openMedia.end('b')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(lab.ended).toEqual(['a']);
  });

  it('end with their key, and others go on', async () => {
    using lab = createLab();
    const [mine, other] = [await keyHolder(lab), await keyHolder(lab)];
    for (const transport of ['webrtc', 'rtsp', 'http'] as const)
      lab.open(mine.identity, { id: transport, transport });
    lab.open(other.identity, { id: 'other' });
    lab.apiKeys.revoke(mine.keyId);
    expect(lab.ended).toEqual(['webrtc', 'rtsp', 'http']);
    expect(lab.openMedia.list()).toMatchObject([{ id: 'other' }]);
  });

  it('of a user end where the camera may no longer be seen, and go on where the role alone changes', async () => {
    using lab = createLab();
    const password = 'a good password';
    await lab.users.create('vera', { password, role: 'viewer', cameras: ['camera0', 'camera1'] });
    const identity = await lab.logins.byPassword({ user: 'vera', password, remoteAddress: '192.0.2.1' });
    lab.open(identity, { id: 'zero' });
    lab.open(identity, { id: 'one', device: 'camera1' });
    await lab.users.set('vera', { role: 'operator' });
    expect(lab.ended).toEqual([]);
    await lab.users.set('vera', { cameras: ['camera1'] });
    expect(lab.ended).toEqual(['zero']);
    expect(lab.openMedia.list()).toMatchObject([
      { id: 'one', identity: { role: 'operator', cameras: ['camera1'] } },
    ]);
    lab.credentials.endLogin(identity);
    expect(lab.ended).toEqual(['zero', 'one']);
  });

  it('end at the moment of expiry', async () => {
    using lab = createLab();
    const { identity } = await keyHolder(lab, lab.clock.nowMs + 5_000);
    lab.open(identity, { id: 'a' });
    lab.clock.nowMs += 4_999;
    lab.openMedia.endExpired();
    expect(lab.ended).toEqual([]);
    lab.clock.nowMs += 1;
    lab.openMedia.endExpired();
    expect(lab.ended).toEqual(['a']);
  });

  it('of the older secret of a rotated key end with its time, as it is told later', async () => {
    using lab = createLab();
    const { identity, keyId } = await keyHolder(lab);
    lab.open(identity, { id: 'a' });
    const { key } = lab.apiKeys.rotate(keyId, 10);
    lab.open(await lab.credentials.verify(key), { id: 'b' });
    lab.clock.nowMs += 10_000;
    lab.openMedia.endExpired();
    expect(lab.ended).toEqual(['a']);
  });

  it('that have no right by the time they are opened end at once', async () => {
    using lab = createLab();
    const { identity, keyId } = await keyHolder(lab);
    lab.open(identity, { id: 'foreign', device: 'camera1' });
    lab.apiKeys.revoke(keyId);
    lab.open(identity, { id: 'late' });
    expect(lab.ended).toEqual(['foreign', 'late']);
    expect(lab.openMedia.list()).toEqual([]);
  });

  it('of nobody go on while security.open_reads is on, and are not told', () => {
    using lab = createLab();
    lab.open(undefined, { id: 'before' });
    lab.state.isOpenToAll = true;
    lab.open(undefined, { id: 'while', transport: 'rtsp' });
    lab.openMedia.endExpired();
    expect([lab.ended, lab.openMedia.list()]).toEqual([['before'], []]);
    lab.state.isOpenToAll = false;
    lab.openMedia.endExpired();
    expect(lab.ended).toEqual(['before', 'while']);
  });
});
