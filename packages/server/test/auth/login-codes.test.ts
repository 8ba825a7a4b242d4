import { expect, it } from 'vitest';
import { mayView, type Identity } from '../../src/auth/identity.ts';
import { LoginCodes } from '../../src/auth/login-codes.ts';
import { openDatabase } from '../../src/store/database.ts';
import { LoginCodeStore } from '../../src/store/login-codes.ts';

const basis = { kind: 'login', loginId: 'login-1' } as const;
const ann: Identity = { user: 'ann', role: 'viewer', method: 'jwt', expiresAt: null, basis };

function createCodes(now?: () => number): LoginCodes {
  const store = new LoginCodeStore(openDatabase(':memory:'));
  return new LoginCodes({ store, ...(now && { now }) });
}

it('a code is good once', () => {
  const codes = createCodes();
  const code = codes.create(ann);
  expect(code).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(codes.redeem(code)).toEqual(ann);
  expect(codes.redeem(code)).toBeUndefined();
});

it('a code is good for 10 minutes', () => {
  let now = 0;
  const codes = createCodes(() => now);
  const [early, late] = [codes.create(ann), codes.create(ann)];
  now = 599_999;
  expect(codes.redeem(early)).toEqual(ann);
  now = 600_000;
  expect(codes.redeem(late)).toBeUndefined();
});

it('a code gives nothing to an identity that has expired meanwhile', () => {
  let now = 0;
  const codes = createCodes(() => now);
  const code = codes.create({ ...ann, expiresAt: 1_000 });
  now = 1_000;
  expect(codes.redeem(code)).toBeUndefined();
});

it('codes that nobody made give nothing, whatever they look like', () => {
  const codes = createCodes();
  codes.create(ann);
  for (const code of ['', 'x', '__proto__', 'x'.repeat(100_000)]) expect(codes.redeem(code)).toBeUndefined();
});

it('of codes that nobody uses only the newest thousand are kept', () => {
  const codes = createCodes();
  const first = codes.create(ann);
  const rest = Array.from({ length: 1_000 }, () => codes.create(ann));
  expect(codes.redeem(first)).toBeUndefined();
  expect(codes.redeem(rest[0]!)).toEqual(ann);
  expect(codes.redeem(rest.at(-1)!)).toEqual(ann);
});

it('a list of cameras hides all others, no list hides none, an empty list hides all', () => {
  expect(mayView(ann, 'camera7')).toBe(true);
  expect(mayView({ ...ann, cameras: ['camera1'] }, 'camera1')).toBe(true);
  expect(mayView({ ...ann, cameras: ['camera1'] }, 'camera10')).toBe(false);
  expect(mayView({ ...ann, cameras: [] }, 'camera1')).toBe(false);
});
