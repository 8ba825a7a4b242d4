import { permissions, type Result } from '@mediamtx-camera-service/protocol';
import type { Identity } from '../../auth/identity.ts';
import type { Credentials } from '../../auth/credentials.ts';
import { notYet } from './not-yet.ts';
import type { HandlersOf } from '../call.ts';
import { invalidParam } from '../invalid-params.ts';
import type { Session } from '../session.ts';

// Nobody mistypes a token this often; guessing is made slow.
const maxFailedLogins = 50;
const policyViolation = 1008;

export interface SessionHandlerDeps {
  credentials: Pick<Credentials, 'verify'>;
}

export function createSessionHandlers({ credentials }: SessionHandlerDeps): HandlersOf<'session'> {
  return {
    ping: () => 'pong',

    authenticate: async ({ auth_token, token = auth_token, auth_type }, { session }) => {
      if (token === undefined) {
        throw invalidParam({ param: 'auth_token', rule: 'required', problem: 'is required' });
      }
      try {
        session.login(await credentials.verify(token, auth_type));
      } catch (error) {
        countFailure(session);
        throw error;
      }
      return describeLogin(session, session.identity);
    },
    login: notYet,
    logout: notYet,
    refresh_token: notYet,
  };
}

function countFailure(session: Session): void {
  session.failedLogins += 1;
  if (session.failedLogins < maxFailedLogins) return;
  session.outbox?.close(policyViolation, 'too many wrong tokens');
}

function describeLogin(session: Session, identity: Identity | undefined): Result<'authenticate'> {
  if (identity === undefined) throw new Error('a login that was just checked is gone');
  return {
    authenticated: true,
    role: identity.role,
    permissions: permissions[identity.role] as Result<'authenticate'>['permissions'],
    expires_at: identity.expiresAt === null ? null : new Date(identity.expiresAt).toISOString(),
    session_id: session.id,
    auth_method: identity.method,
  };
}
