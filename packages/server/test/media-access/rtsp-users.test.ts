import { describe, expect, it } from 'vitest';
import { keyReaders } from '../../src/media-access/key-readers.ts';
import { LostGrants } from '../../src/media-access/lost-grants.ts';
import { MediaMtxUsers } from '../../src/mediamtx/users.ts';
import { ApiKeyStore } from '../../src/store/api-keys.ts';
import { createAccess } from '../auth/harness.ts';

const all = { name: 'wall', role: 'viewer', cameras: null, expiresAt: null } as const;

describe('keys as users of MediaMTX', () => {
  it('read the paths of their cameras, or all; both secrets of a rotated one until its time', () => {
    const { apiKeys, db, clock } = createAccess();
    const start = clock.nowMs;
    const limited = apiKeys.create({ ...all, cameras: ['camera0', 'camera1'] }).row;
    const rotated = apiKeys.rotate(apiKeys.create({ ...all, expiresAt: start + 5_000 }).row.key_id, 2).row;
    apiKeys.revoke(apiKeys.create(all).row.key_id);
    const readersOf = (now: number) => {
      const { readers, nextEnd } = keyReaders(new ApiKeyStore(db).list(), now);
      return {
        nextEnd,
        users: readers.map(({ username, passwordHash, paths }) => [username, passwordHash, paths]),
      };
    };
    const ofLimited = [limited.key_id, limited.hash, ['camera0', 'camera1']];
    const ofRotated = [rotated.key_id, rotated.hash, undefined];
    const { users, nextEnd } = readersOf(start);
    expect(nextEnd).toBe(start + 2_000);
    expect(users).toHaveLength(3);
    expect(users).toEqual(
      expect.arrayContaining([ofLimited, ofRotated, [rotated.key_id, rotated.previous_hash, undefined]]),
    );
    const later = readersOf(start + 2_000);
    expect(later.nextEnd).toBe(start + 5_000);
    expect(later.users).toHaveLength(2);
    expect(readersOf(start + 5_000)).toEqual({ nextEnd: Number.POSITIVE_INFINITY, users: [ofLimited] });
  });

  it('with a camera whose name would be a pattern read no other path', () => {
    const row = createAccess().apiKeys.create(all).row;
    const { readers } = keyReaders([{ ...row, cameras: JSON.stringify(['~.*', 'camera0', 'a/b']) }], 0);
    expect(readers).toMatchObject([{ paths: ['camera0'] }]);
  });

  it('are told beside the others with their hash, and with nothing to read where they may see no camera', () => {
    const users = new MediaMtxUsers();
    users.readers = [
      { username: 'key_a', passwordHash: 'aGFzaA==' },
      { username: 'key_b', passwordHash: 'aGFzaA==', paths: [] },
    ];
    expect(users.list().slice(1)).toEqual([
      { user: 'key_a', pass: 'sha256:aGFzaA==', ips: [], permissions: [{ action: 'read' }] },
      { user: 'key_b', pass: 'sha256:aGFzaA==', ips: [], permissions: [] },
    ]);
  });
});

const reading = (user: string, pass: string, ...paths: string[]) => ({
  ...{ user, pass, ips: [] },
  permissions: paths.map((path) => ({ action: 'read' as const, path })),
});

describe('what a user could read lately', () => {
  it('concerns its players for a moment, and players of nobody by their path', () => {
    const lost = new LostGrants();
    const before = [
      reading('a', '1', 'camera0', 'camera1'),
      reading('a', '2', 'camera0'),
      reading('b', '3', 'camera1'),
    ];
    lost.note(before, [reading('a', '2', 'camera0'), reading('b', '3', 'camera1')]);
    lost.told(1_000);
    const created = new Date(900).toISOString();
    expect(lost.mayConcern({ user: 'a', path: 'camera0', created }, 2_000)).toBe(true);
    expect(lost.mayConcern({ user: 'b', path: 'camera1', created }, 2_000)).toBe(false);
    expect(lost.mayConcern({ path: 'camera1', created }, 2_000)).toBe(true);
    expect(lost.mayConcern({ path: 'camera2', created }, 2_000)).toBe(false);
    expect(lost.mayConcern({ user: 'a', path: 'camera0', created }, 2_500)).toBe(false);
  });

  it('does not concern who comes after MediaMTX was told, and everybody until then', () => {
    const lost = new LostGrants();
    lost.note([reading('a', '1', 'camera0')], [reading('a', '2', 'camera0')]);
    const late = { user: 'a', path: 'camera0', created: new Date(1_500).toISOString() };
    expect(lost.mayConcern(late, 1_600)).toBe(true);
    lost.told(1_000);
    expect(lost.mayConcern(late, 1_600)).toBe(false);
    expect(lost.mayConcern({ ...late, created: new Date(1_100).toISOString() }, 1_600)).toBe(true);
  });

  it('is every path where it was all', () => {
    const lost = new LostGrants();
    lost.note([{ user: 'a', pass: '1', ips: [], permissions: [{ action: 'read' }] }], []);
    expect(lost.mayConcern({ path: 'camera7', created: new Date(0).toISOString() }, 1)).toBe(true);
  });
});
