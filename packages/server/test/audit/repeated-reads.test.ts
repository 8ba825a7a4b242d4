import { beforeEach, expect, test } from 'vitest';
import { RepeatedReads } from '../../src/audit/repeated-reads.ts';
import type { Identity } from '../../src/auth/identity.ts';

let nowMs: number;
let reads: RepeatedReads;
beforeEach(() => {
  nowMs = 1_000_000_000;
  reads = new RepeatedReads({ now: () => nowMs });
});

const picture = 'GET /files/snapshots/camera0_1.jpg';
const address = '192.0.2.1';
const ann: Identity = {
  ...{ user: 'ann', role: 'viewer', method: 'session', expiresAt: null, sessionId: 'browser-1' },
  basis: { kind: 'user', loginId: 'login-1', generation: 'g1' },
};

test('the same to the same login is told once in 15 minutes', () => {
  expect(reads.isRepeated(ann, { path: picture, address })).toBe(false);
  nowMs += 15 * 60_000 - 1;
  expect(reads.isRepeated(ann, { path: picture, address })).toBe(true);
  nowMs += 1;
  expect(reads.isRepeated(ann, { path: picture, address })).toBe(false);
  expect(reads.isRepeated(ann, { path: picture, address })).toBe(true);
});

test('another file, login, key, address or method is news', () => {
  const key: Identity = { ...ann, basis: { kind: 'api_key', keyId: 'key_1', hash: 'h' } };
  const { sessionId: _, ...byKey } = key;
  const others: [Identity | undefined, { path: string; address: string }][] = [
    [ann, { path: picture, address }],
    [ann, { path: 'GET /files/snapshots/camera0_2.jpg', address }],
    [ann, { path: picture.replace('GET', 'HEAD'), address }],
    [ann, { path: picture, address: '192.0.2.2' }],
    [
      { ...ann, sessionId: 'browser-2' },
      { path: picture, address },
    ],
    [byKey, { path: picture, address }],
    [undefined, { path: picture, address }],
  ];
  for (const [caller, read] of others) expect(reads.isRepeated(caller, read)).toBe(false);
  for (const [caller, read] of others) expect(reads.isRepeated(caller, read)).toBe(true);
});

test('a clock that is set back hides nothing', () => {
  expect(reads.isRepeated(ann, { path: picture, address })).toBe(false);
  nowMs -= 3_600_000;
  expect(reads.isRepeated(ann, { path: picture, address })).toBe(false);
});

test('a flood of others makes it tell again, and never hides', () => {
  expect(reads.isRepeated(ann, { path: picture, address })).toBe(false);
  for (let n = 0; n < 10_000; n += 1)
    expect(reads.isRepeated(ann, { path: `${picture}${n}`, address })).toBe(false);
  expect(reads.isRepeated(ann, { path: picture, address })).toBe(false);
});
