import { randomUUID } from 'node:crypto';
import { AppError } from '../errors.ts';
import { camerasOfRow } from './camera-limit.ts';
import type { Identity } from './identity.ts';
import type { LoginThrottle } from './login-throttle.ts';
import type { Tokens } from './tokens.ts';
import { wrongPassword, type Users } from './users.ts';

export interface LoginsDeps {
  users: Users;
  tokens: Tokens;
  throttle: LoginThrottle;
  now?: () => number;
}

export interface PasswordLogin {
  user: string;
  password: string;
  remoteAddress: string;
}

/** Logins by password, and tokens for who is logged in. */
export class Logins {
  readonly #deps: LoginsDeps;
  readonly #now: () => number;

  constructor(deps: LoginsDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
  }

  /** Without an end: whoever uses it sets one. Throws `authentication_failed`, `rate_limited`. */
  async byPassword({ user, password, remoteAddress }: PasswordLogin): Promise<Identity> {
    const { users, throttle } = this.#deps;
    const row = await throttle.guard({ remoteAddress, user }, () => users.verifyPassword(user, password));
    if (!row) throw wrongPassword();
    users.noteLogin(row);
    const cameras = camerasOfRow(row.cameras);
    return {
      user: row.name,
      role: row.role,
      method: 'password',
      expiresAt: null,
      ...(cameras && { cameras }),
      basis: { kind: 'user', loginId: randomUUID(), generation: row.generation },
    };
  }

  /**
   * The user's own new password; wrong current ones count as failed logins. Throws `authentication_failed`,
   * `rate_limited`.
   */
  async changeOwnPassword(
    caller: Identity,
    { remoteAddress, ...passwords }: { password: string; currentPassword: string; remoteAddress: string },
  ): Promise<void> {
    const { users, throttle } = this.#deps;
    const attempt = { remoteAddress, user: caller.user };
    const isDone = await throttle.guard(attempt, () => users.changeOwnPassword(caller, passwords));
    if (!isDone) throw wrongPassword();
  }

  /**
   * A token that ends with the login of the identity, and whom it makes its bearer: for a user as long as tokens live,
   * else never beyond the identity's own end. Throws `invalid_state` for an API key.
   */
  async issueToken(identity: Identity): Promise<{ token: string; expiresAt: number }> {
    const { tokens } = this.#deps;
    const { user, role, cameras, basis, sessionId } = identity;
    if (basis.kind === 'api_key') throw keyNeedsNoToken();
    const ownEnd = basis.kind === 'user' ? null : identity.expiresAt;
    const nowSeconds = Math.floor(this.#now() / 1000);
    const untilOwnEnd = ownEnd === null ? tokens.expirySeconds : Math.floor(ownEnd / 1000) - nowSeconds;
    const expiresInSeconds = Math.min(tokens.expirySeconds, untilOwnEnd);
    const token = await tokens.create({
      ...{ user, role, cameras, sessionId, expiresInSeconds, loginId: basis.loginId },
      ...(basis.kind === 'user' && { generation: basis.generation }),
    });
    return { token, expiresAt: (nowSeconds + expiresInSeconds) * 1000 };
  }
}

function keyNeedsNoToken(): AppError {
  return new AppError('invalid_state', {
    reason: 'api_key',
    details: 'an API key needs no refresh: it is good until it ends or is revoked',
    suggestion: 'go on with the key; rotate_api_key gives it a new secret',
    state: 'api_key',
    allowed_states: ['jwt', 'session', 'password'],
  });
}
