import { createSecretKey, type KeyObject } from 'node:crypto';
import { roles, type Role } from '@mediamtx-camera-service/protocol';
import { errors as joseErrors, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { AppError } from '../errors.ts';
import type { Identity } from './identity.ts';
import { minSecretBytes } from './secret.ts';

const algorithm = 'HS256';

export interface TokenDeps {
  /** At least 32 bytes. */
  secret: Uint8Array;
  /** How long a token lives unless told. */
  expirySeconds: number;
  now?: () => number;
}

/** Makes and checks JWTs, HS256 alone: {user_id, role, iat, exp}. */
export class Tokens {
  readonly #key: KeyObject;
  readonly #expirySeconds: number;
  readonly #now: () => number;

  constructor({ secret, expirySeconds, now = Date.now }: TokenDeps) {
    if (secret.length < minSecretBytes) {
      throw new Error(`a token secret must be at least ${minSecretBytes} bytes`);
    }
    this.#key = createSecretKey(secret);
    this.#expirySeconds = expirySeconds;
    this.#now = now;
  }

  async create(options: { user: string; role: Role; expiresInSeconds?: number }): Promise<string> {
    const issuedAt = Math.floor(this.#now() / 1000);
    return await new SignJWT({ user_id: options.user, role: options.role })
      .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + (options.expiresInSeconds ?? this.#expirySeconds))
      .sign(this.#key);
  }

  /** Throws `authentication_failed` with reason `expired`, `invalid` or `unknown_role`. */
  async verify(token: string): Promise<Identity> {
    return readIdentity(await this.#verifiedClaims(token));
  }

  async #verifiedClaims(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: [algorithm],
        requiredClaims: ['user_id', 'role', 'iat', 'exp'],
        currentDate: new Date(this.#now()),
      });
      return payload;
    } catch (error) {
      throw error instanceof joseErrors.JWTExpired ? expiredError() : invalidToken(error);
    }
  }
}

function readIdentity({ user_id: user, role, exp }: JWTPayload): Identity {
  if (typeof user !== 'string' || user === '' || exp === undefined) throw invalidToken();
  const known = roles.find((name) => name === role);
  if (known === undefined) {
    throw new AppError('authentication_failed', {
      reason: 'unknown_role',
      details: 'the token names a role that does not exist',
      suggestion: `the roles are ${roles.join(', ')}`,
    });
  }
  return { user, role: known, method: 'jwt', expiresAt: exp * 1000 };
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
