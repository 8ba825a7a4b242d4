import { permissions, type Result } from '@mediamtx-camera-service/protocol';
import { endedError, type Credentials } from '../../auth/credentials.ts';
import type { Identity } from '../../auth/identity.ts';
import type { Logins } from '../../auth/logins.ts';
import { AppError } from '../../errors.ts';
import type { HandlersOf } from '../call.ts';
import { invalidParam } from '../invalid-params.ts';
import type { Session } from '../session.ts';

// Nobody mistypes a token this often; guessing is made slow.
const maxFailedLogins = 50;
const policyViolation = 1008;

export interface SessionHandlerDeps {
  credentials: Pick<Credentials, 'verify' | 'current' | 'endLogin'>;
  logins: Pick<Logins, 'byPassword' | 'issueToken'>;
}

export function createSessionHandlers({ credentials, logins }: SessionHandlerDeps): HandlersOf<'session'> {
  return {
    ping: () => 'pong',

    authenticate: async ({ auth_token, token = auth_token, auth_type }, { session }) => {
      if (token === undefined) {
        throw invalidParam({ param: 'auth_token', rule: 'required', problem: 'is required' });
      }
      const identity = await countingFailures(session, credentials.verify(token, auth_type));
      return bind(session, identity, credentials);
    },

    login: async ({ user, password }, { session }) => {
      const { remoteAddress } = session;
      const login = logins.byPassword({ user, password, remoteAddress });
      const identity = await countingFailures(session, login);
      const { token, expiresAt } = await logins.issueToken(identity);
      return { ...bind(session, { ...identity, expiresAt }, credentials), token };
    },

    logout: (_params, { session, identity }) => {
      // Before the login ends: the socket of an ended login is closed.
      session.logout();
      if (identity) credentials.endLogin(identity);
      return { logged_out: true };
    },

    refresh_token: async (_params, { identity }) => {
      if (!identity) throw new Error('refresh_token was let through without a login');
      const { token, expiresAt } = await logins.issueToken(identity);
      return { token, expires_at: new Date(expiresAt).toISOString() };
    },
  };
}

async function countingFailures<T>(session: Session, login: Promise<T>): Promise<T> {
  try {
    return await login;
  } catch (error) {
    if (error instanceof AppError && error.errorName === 'authentication_failed') countFailure(session);
    throw error;
  }
}

function countFailure(session: Session): void {
  session.failedLogins += 1;
  if (session.failedLogins < maxFailedLogins) return;
  session.outbox?.close(policyViolation, 'too many wrong tokens');
}

function bind(
  session: Session,
  checked: Identity,
  credentials: Pick<Credentials, 'current'>,
): Result<'authenticate'> {
  // What it stands on may have ended while it was checked.
  const identity = credentials.current(checked);
  if (identity === undefined) throw endedError();
  session.login(identity);
  return {
    authenticated: true,
    role: identity.role,
    permissions: permissions[identity.role] as Result<'authenticate'>['permissions'],
    expires_at: identity.expiresAt === null ? null : new Date(identity.expiresAt).toISOString(),
    session_id: session.id,
    auth_method: identity.method,
  };
}
