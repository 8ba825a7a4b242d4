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
  /** The secret before it: its tokens are still taken, where `previousUntil` (epoch milliseconds) is told until then. */
  previousSecret?: Uint8Array | undefined;
  previousUntil?: number | undefined;
  /** How long a token lives unless told; read at each use. */
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
  /** The login that the token belongs to and ends with; default: one of its own. */
  loginId?: string | undefined;
  /** The browser's cookie that it was made by and ends with. */
  sessionId?: string | undefined;
}

/**
 * Makes and checks JWTs, HS256 alone: {user_id, role, iat, exp, jti}, and {cameras, generation, sid} where there are
 * such. `jti` is the login's id, so that tokens of one login end together.
 */
export class Tokens {
  readonly #key: KeyObject;
  readonly #previous: { key: KeyObject; until: number } | undefined;
  readonly #deps: TokenDeps;
  readonly #now: () => number;

  constructor(deps: TokenDeps) {
    const { secret, previousSecret, previousUntil, now = Date.now } = deps;
    this.#key = keyOf(secret);
    this.#previous = previousSecret && {
      key: keyOf(previousSecret),
      until: previousUntil ?? Number.POSITIVE_INFINITY,
    };
    this.#deps = deps;
    this.#now = now;
  }

  /** How long a token lives unless told. */
  get expirySeconds(): number {
    return this.#deps.expirySeconds;
  }

  async create(options: TokenOptions): Promise<string> {
    const { user, role, expiresInSeconds, cameras, generation, loginId, sessionId } = options;
    const issuedAt = Math.floor(this.#now() / 1000);
    return await new SignJWT({
      user_id: user,
      role,
      ...(cameras && { cameras }),
      ...(generation !== undefined && { generation }),
      ...(sessionId !== undefined && { sid: sessionId }),
    })
      .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + (expiresInSeconds ?? this.expirySeconds))
      .setJti(loginId ?? randomUUID())
      .sign(this.#key);
  }

  /** Throws `authentication_failed` with reason `expired`, `invalid` or `unknown_role`. */
  async verify(token: string): Promise<Identity> {
    return readIdentity(await this.#verifiedClaims(token), token);
  }

  async #verifiedClaims(token: string): Promise<JWTPayload> {
    try {
      return await this.#claimsBy(this.#key, token);
    } catch (error) {
      const previous = this.#previous;
      const mayBeOfPrevious = error instanceof joseErrors.JWSSignatureVerificationFailed;
      if (!mayBeOfPrevious || previous === undefined || previous.until <= this.#now()) throw toldError(error);
      return await this.#claimsBy(previous.key, token).catch((second: unknown) => {
        throw toldError(second);
      });
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

function keyOf(secret: Uint8Array): KeyObject {
  if (secret.length >= minSecretBytes) return createSecretKey(secret);
  throw new Error(`a token secret must be at least ${minSecretBytes} bytes`);
}

function toldError(error: unknown): AppError {
  return error instanceof joseErrors.JWTExpired ? expiredError() : invalidToken(error);
}

function readIdentity(
  { user_id: user, role, exp, jti, sid, cameras, generation }: JWTPayload,
  token: string,
): Identity {
  if (typeof user !== 'string' || user === '' || exp === undefined) throw invalidToken();
  if (cameras !== undefined && !isTextList(cameras)) throw invalidToken();
  if (generation !== undefined && typeof generation !== 'string') throw invalidToken();
  if (sid !== undefined && typeof sid !== 'string') throw invalidToken();
  // jose leaves it unlooked at.
  if (jti !== undefined && typeof jti !== 'string') throw invalidToken();
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
    ...(sid !== undefined && { sessionId: sid }),
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
