import { createHash, createSecretKey, randomUUID, type KeyObject } from 'node:crypto';
import { roles, type Role } from '@mediamtx-camera-service/protocol';
import { errors as joseErrors, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { AppError } from '../errors.ts';
import type { Identity } from './identity.ts';
import { minSecretBytes } from './secret.ts';

const algorithm = 'HS256';

export interface TokenDeps {
  /** At least 32 bytes. */
  secret: Uint8Array;
  /** The secret before it: its tokens are still taken. */
  previousSecret?: Uint8Array | undefined;
  /** How long a token lives unless told. */
  expirySeconds: number;
  now?: () => number;
}

export interface TokenOptions {
  user: string;
  role: Role;
  expiresInSeconds?: number;
  /** The only cameras that it may know of. */
  cameras?: string[] | undefined;
  /** Of a stored user: the token's rights are then the user's. */
  generation?: string | undefined;
}

/** Makes and checks JWTs, HS256 alone: {user_id, role, iat, exp, jti}, with cameras and generation where there are such. */
export class Tokens {
  /** The first one signs. */
  readonly #keys: KeyObject[];
  readonly #expirySeconds: number;
  readonly #now: () => number;

  constructor({ secret, previousSecret, expirySeconds, now = Date.now }: TokenDeps) {
    const secrets = previousSecret ? [secret, previousSecret] : [secret];
    if (secrets.some(({ length }) => length < minSecretBytes)) {
      throw new Error(`a token secret must be at least ${minSecretBytes} bytes`);
    }
    this.#keys = secrets.map((bytes) => createSecretKey(bytes));
    this.#expirySeconds = expirySeconds;
    this.#now = now;
  }

  /** How long a token lives unless told. */
  get expirySeconds(): number {
    return this.#expirySeconds;
  }

  async create({ user, role, expiresInSeconds, cameras, generation }: TokenOptions): Promise<string> {
    const issuedAt = Math.floor(this.#now() / 1000);
    return await new SignJWT({
      user_id: user,
      role,
      ...(cameras && { cameras }),
      ...(generation !== undefined && { generation }),
    })
      .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + (expiresInSeconds ?? this.#expirySeconds))
      .setJti(randomUUID())
      .sign(this.#keys[0]!);
  }

  /** Throws `authentication_failed` with reason `expired`, `invalid` or `unknown_role`. */
  async verify(token: string): Promise<Identity> {
    return readIdentity(await this.#verifiedClaims(token), token);
  }

  async #verifiedClaims(token: string): Promise<JWTPayload> {
    const [first, ...others] = this.#keys;
    try {
      return await this.#claimsBy(first!, token);
    } catch (error) {
      if (!(error instanceof joseErrors.JWSSignatureVerificationFailed) || others.length === 0)
        throw toldError(error);
    }
    try {
      return await this.#claimsBy(others[0]!, token);
    } catch (error) {
      throw toldError(error);
    }
  }

  async #claimsBy(key: KeyObject, token: string): Promise<JWTPayload> {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [algorithm],
      requiredClaims: ['user_id', 'role', 'iat', 'exp'],
      currentDate: new Date(this.#now()),
    });
    return payload;
  }
}

function toldError(error: unknown): AppError {
  return error instanceof joseErrors.JWTExpired ? expiredError() : invalidToken(error);
}

function readIdentity(
  { user_id: user, role, exp, jti, cameras, generation }: JWTPayload,
  token: string,
): Identity {
  if (typeof user !== 'string' || user === '' || exp === undefined) throw invalidToken();
  if (cameras !== undefined && !isTextList(cameras)) throw invalidToken();
  if (generation !== undefined && typeof generation !== 'string') throw invalidToken();
  const known = roles.find((name) => name === role);
  if (known === undefined) {
    throw new AppError('authentication_failed', {
      reason: 'unknown_role',
      details: 'the token names a role that does not exist',
      suggestion: `the roles are ${roles.join(', ')}`,
    });
  }
  // Other programs that know the secret may make tokens without an id.
  const loginId = jti ?? createHash('sha256').update(token).digest('base64url');
  return {
    user,
    role: known,
    method: 'jwt',
    expiresAt: exp * 1000,
    ...(cameras && { cameras }),
    basis: generation === undefined ? { kind: 'login', loginId } : { kind: 'user', loginId, generation },
  };
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

/** What a caller is told whose token or session has run out. */
export function expiredError(): AppError {
  return new AppError('authentication_failed', {
    reason: 'expired',
    details: 'the login has expired',
    suggestion: 'authenticate again with a new token; the connection stays open',
  });
}

function invalidToken(cause?: unknown): AppError {
  const data = {
    reason: 'invalid',
    details: 'the token is not valid',
    suggestion: 'send a token that this service has made',
  };
  return new AppError('authentication_failed', data, { cause });
}
