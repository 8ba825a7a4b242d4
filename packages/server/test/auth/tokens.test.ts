import { createHmac } from 'node:crypto';
import { errorCatalog } from '@mediamtx-camera-service/protocol';
import { describe, expect, it } from 'vitest';
import { Tokens } from '../../src/auth/tokens.ts';
import { AppError } from '../../src/errors.ts';

const secret = Buffer.alloc(32, 7);
const nowMs = Date.parse('2026-03-04T05:06:07.000Z');
const nowSeconds = nowMs / 1000;

function createTokens(at = nowMs): Tokens {
  return new Tokens({ secret, expirySeconds: 3600, now: () => at });
}

interface Forgery {
  header?: Record<string, unknown>;
  claims?: Record<string, unknown>;
  key?: Buffer;
  hash?: string;
}

/** A token made by hand, as an attacker would. */
function forge({ header = {}, claims = {}, key = secret, hash = 'sha256' }: Forgery): string {
  const head = encode({ alg: 'HS256', typ: 'JWT', ...header });
  const body = encode({
    user_id: 'eve',
    role: 'admin',
    iat: nowSeconds,
    exp: nowSeconds + 60,
    ...claims,
  });
  return `${head}.${body}.${createHmac(hash, key).update(`${head}.${body}`).digest('base64url')}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

async function refusalOf(token: string, at = nowMs): Promise<AppError> {
  const error: unknown = await createTokens(at)
    .verify(token)
    .catch((reason: unknown) => reason);
  if (!(error instanceof AppError)) throw new Error(`the token was not refused: ${JSON.stringify(error)}`);
  expect(error.code).toBe(errorCatalog.authentication_failed.code);
  return error;
}

describe('a token of this service', () => {
  it('names its user, role and end', async () => {
    const token = await createTokens().create({ user: 'ann', role: 'operator' });
    expect(await createTokens().verify(token)).toEqual({
      user: 'ann',
      role: 'operator',
      method: 'jwt',
      expiresAt: nowMs + 3_600_000,
      basis: { kind: 'login', loginId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string },
    });
  });

  it('holds {user_id, role, iat, exp, jti} and is signed with HS256', async () => {
    const token = await createTokens().create({ user: 'ann', role: 'viewer', expiresInSeconds: 60 });
    const [head, body] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(JSON.parse(head!)).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(JSON.parse(body!)).toEqual({
      user_id: 'ann',
      role: 'viewer',
      iat: nowSeconds,
      exp: nowSeconds + 60,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
  });

  it('bears a limit to cameras, the login that it belongs to, and whose it is', async () => {
    const more = { cameras: ['camera1'], generation: 'g1', loginId: 'login-1', sessionId: 'browser-1' };
    const token = await createTokens().create({ user: 'ann', role: 'viewer', ...more });
    expect(await createTokens().verify(token)).toMatchObject({
      cameras: ['camera1'],
      sessionId: 'browser-1',
      basis: { kind: 'user', loginId: 'login-1', generation: 'g1' },
    });
  });

  it('is good until its last moment and expired from then on', async () => {
    const token = await createTokens().create({ user: 'ann', role: 'viewer', expiresInSeconds: 60 });
    expect((await createTokens(nowMs + 59_999).verify(token)).user).toBe('ann');
    expect((await refusalOf(token, nowMs + 60_000)).data.reason).toBe('expired');
  });
});

describe('a token is refused that', () => {
  const forgeries: [string, Forgery][] = [
    ['is signed with another key', { key: Buffer.alloc(32, 8) }],
    ['says alg HS512 and is signed so', { header: { alg: 'HS512' }, hash: 'sha512' }],
    ['says alg HS384 and is signed so', { header: { alg: 'HS384' }, hash: 'sha384' }],
    ['says alg hs256', { header: { alg: 'hs256' } }],
    ['says alg none but carries a signature', { header: { alg: 'none' } }],
    ['says alg ES256', { header: { alg: 'ES256' } }],
    ['says no alg', { header: { alg: undefined } }],
    ['is signed with an empty key', { key: Buffer.alloc(0) }],
    ['names the empty key by its kid', { header: { kid: '/dev/null' }, key: Buffer.alloc(0) }],
    ['brings its own key', { header: { jwk: { kty: 'oct', k: 'CAgI' } }, key: Buffer.from([8, 8, 8]) }],
    [
      'names a key to be fetched',
      { header: { jku: 'http://127.0.0.1/k', x5u: 'x' }, key: Buffer.alloc(32, 8) },
    ],
    ['is not encoded where it says so', { header: { b64: false, crit: ['b64'] } }],
    ['begins only later', { claims: { nbf: nowSeconds + 60 } }],
    ['has an exp as text', { claims: { exp: String(nowSeconds + 60) } }],
    ['has an exp that is null', { claims: { exp: null } }],
    ['has an iat as text', { claims: { iat: 'yesterday' } }],
    ['has cameras that are no list', { claims: { cameras: 'camera0' } }],
    ['has cameras that are an object', { claims: { cameras: { 0: 'camera0' } } }],
    ['has cameras that are null', { claims: { cameras: null } }],
    ['has cameras that are numbers', { claims: { cameras: [0] } }],
    ['has a generation that is no text', { claims: { generation: 7 } }],
    ['has a browser that is no text', { claims: { sid: {} } }],
    ['has an id that is no text', { claims: { jti: 7 } }],
    ['says alg RS256', { header: { alg: 'RS256' } }],
    ['has no exp', { claims: { exp: undefined } }],
    ['has no iat', { claims: { iat: undefined } }],
    ['has no user', { claims: { user_id: undefined } }],
    ['has an empty user', { claims: { user_id: '' } }],
    ['has a user that is no text', { claims: { user_id: 7 } }],
    ['has an exp that is no number', { claims: { exp: 'never' } }],
    ['has critical headers that nobody knows', { header: { crit: ['x'], x: 1 } }],
  ];
  it.each(forgeries)('%s', async (_name, forgery) => {
    expect((await refusalOf(forge(forgery))).data.reason).toBe('invalid');
  });

  it.each(['owner', 'Admin', '', null, 3, ['admin']])('has the role %j', async (role) => {
    expect((await refusalOf(forge({ claims: { role } }))).data.reason).toMatch(/unknown_role|invalid/);
  });

  it('is unsigned (alg none)', async () => {
    const parts = forge({ header: { alg: 'none' } }).split('.');
    expect((await refusalOf(`${parts[0]}.${parts[1]}.`)).data.reason).toBe('invalid');
  });

  it('was changed after it was signed', async () => {
    const token = await createTokens().create({ user: 'ann', role: 'viewer' });
    const [head, , signature] = token.split('.');
    const body = forge({}).split('.')[1];
    expect((await refusalOf(`${head}.${body}.${signature}`)).data.reason).toBe('invalid');
  });

  it.each(['', 'x', 'a.b.c', 'x'.repeat(32), '..', 'csk_abc'])('is no token at all: %j', async (text) => {
    expect((await refusalOf(text)).data.reason).toBe('invalid');
  });

  it('is right by hand, which shows that the forgeries fail for their own reason', async () => {
    expect((await createTokens().verify(forge({}))).user).toBe('eve');
  });
});

it('a secret under 32 bytes is refused', () => {
  expect(() => new Tokens({ secret: Buffer.alloc(31, 1), expirySeconds: 60 })).toThrow(/32 bytes/);
});

it('a key id in the header changes nothing: there is one key', async () => {
  for (const kid of ['other', '../../etc/passwd', "' OR 1=1 --", 7, null]) {
    const token = forge({ header: { kid } });
    expect((await createTokens().verify(token)).user).toBe('eve');
  }
});

it('a token without an id has one by its text', async () => {
  const [first, second] = [forge({}), forge({ claims: { iat: nowSeconds - 1 } })];
  const [a, b] = [await createTokens().verify(first), await createTokens().verify(second)];
  expect(a.basis).not.toEqual(b.basis);
  expect((await createTokens().verify(first)).basis).toEqual(a.basis);
});

describe('a secret that was replaced', () => {
  const next = Buffer.alloc(32, 9);
  const rotated = (at = nowMs, previousUntil?: number) =>
    new Tokens({ secret: next, previousSecret: secret, previousUntil, expirySeconds: 3600, now: () => at });

  it('still lets its tokens in, and makes none any more', async () => {
    const old = await createTokens().create({ user: 'ann', role: 'viewer' });
    expect((await rotated().verify(old)).user).toBe('ann');
    const fresh = await rotated().create({ user: 'ann', role: 'viewer' });
    expect((await refusalOf(fresh)).data.reason).toBe('invalid');
    const alone = new Tokens({ secret: next, expirySeconds: 3600, now: () => nowMs });
    expect((await alone.verify(fresh)).user).toBe('ann');
    await expect(alone.verify(old)).rejects.toThrow(/not valid/);
  });

  it('lets them in until its time, and no expired one', async () => {
    const old = await createTokens().create({ user: 'ann', role: 'viewer', expiresInSeconds: 60 });
    expect((await rotated(nowMs + 999, nowMs + 1_000).verify(old)).user).toBe('ann');
    await expect(rotated(nowMs + 1_000, nowMs + 1_000).verify(old)).rejects.toThrow(/not valid/);
    await expect(rotated(nowMs + 60_000).verify(old)).rejects.toThrow(/expired/);
  });

  it('lets no other in', async () => {
    const token = forge({ key: Buffer.alloc(32, 8) });
    await expect(rotated().verify(token)).rejects.toThrow(/not valid/);
  });
});
