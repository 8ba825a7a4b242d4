import { permissions, type Result } from '@mediamtx-camera-service/protocol';
import type { Identity } from '../../auth/identity.ts';
import type { Tokens } from '../../auth/tokens.ts';
import { AppError } from '../../errors.ts';
import type { HandlersOf } from '../call.ts';
import { invalidParam } from '../invalid-params.ts';
import type { Session } from '../session.ts';

// Nobody mistypes a token this often; guessing is made slow.
const maxFailedLogins = 50;
const policyViolation = 1008;
const apiKeyPrefix = 'csk_';

export function createSessionHandlers({ tokens }: { tokens: Pick<Tokens, 'verify'> }): HandlersOf<'session'> {
  return {
    ping: () => 'pong',

    authenticate: async ({ auth_token, token = auth_token, auth_type }, { session }) => {
      if (token === undefined) {
        throw invalidParam({ param: 'auth_token', rule: 'required', problem: 'is required' });
      }
      try {
        if (isApiKey(token, auth_type)) throw unknownKey();
        session.login(await tokens.verify(token));
      } catch (error) {
        countFailure(session);
        throw error;
      }
      return describeLogin(session, session.identity);
    },
  };
}

function isApiKey(token: string, type: 'jwt' | 'api_key' | 'auto'): boolean {
  return type === 'api_key' || (type === 'auto' && token.startsWith(apiKeyPrefix));
}

function unknownKey(): AppError {
  return new AppError('authentication_failed', {
    reason: 'unknown_key',
    details: 'the API key is not known',
    suggestion: 'send a token that this service has made',
  });
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
