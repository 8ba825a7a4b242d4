import { expect, it } from 'vitest';
import { Passwords } from '../../src/auth/passwords.ts';
import { refusal } from './harness.ts';

it('takes the right password and no other', async () => {
  const passwords = new Passwords();
  const stored = await passwords.hash('correct horse');
  expect(await passwords.verify('correct horse', stored)).toBe(true);
  for (const wrong of ['correct hors', 'correct horse ', 'Correct horse', '', stored]) {
    expect(await passwords.verify(wrong, stored)).toBe(false);
  }
});

it('stores scrypt with its parameters and a new salt each time, never the password', async () => {
  const passwords = new Passwords();
  const [first, second] = [await passwords.hash('correct horse'), await passwords.hash('correct horse')];
  expect(first).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$[\w-]{22}\$[\w-]{43}$/);
  expect(first).not.toBe(second);
  expect(first).not.toContain('correct');
});

it('reads the cost from what is stored, so that a later one can be higher', async () => {
  // Of Node's own scrypt with N = 2^10, r = 4, p = 2.
  const { scryptSync } = await import('node:crypto');
  const salt = Buffer.alloc(16, 3);
  const hash = scryptSync('correct horse', salt, 32, { N: 1024, r: 4, p: 2 });
  const stored = `$scrypt$ln=10,r=4,p=2$${salt.toString('base64url')}$${hash.toString('base64url')}`;
  expect(await new Passwords().verify('correct horse', stored)).toBe(true);
  expect(await new Passwords().verify('wrong horse', stored)).toBe(false);
});

it('is the same password however the keyboard composes it', async () => {
  const passwords = new Passwords();
  const stored = await passwords.hash('Schl\u00fcssel-bund');
  expect(await passwords.verify('Schlu\u0308ssel-bund', stored)).toBe(true);
});

it('without a stored one is false, and has run all the same', async () => {
  expect(await new Passwords().verify('anything at all', undefined)).toBe(false);
});

it('a stored text that is none fails aloud', async () => {
  await expect(new Passwords().verify('x', 'plain')).rejects.toThrow(/form that is not known/);
});

it('two run and sixteen wait; the next is told to come back, and afterwards there is room again', async () => {
  const passwords = new Passwords();
  const taken = Array.from({ length: 18 }, () => passwords.verify('x', undefined));
  expect(await refusal(() => passwords.verify('x', undefined))).toMatchObject({
    errorName: 'rate_limited',
    reason: 'too_many_logins',
    retry_after_ms: 1_000,
  });
  expect(await Promise.all(taken)).toEqual(taken.map(() => false));
  expect(await passwords.verify('x', undefined)).toBe(false);
});
