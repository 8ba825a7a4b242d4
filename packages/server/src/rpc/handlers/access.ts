import type { HandlersOf } from '../call.ts';
import type { OpenSessions } from '../open-sessions.ts';
import { apiKeyHandlers, type ApiKeyHandlerDeps } from './access-keys.ts';
import { userHandlers, type UserHandlerDeps } from './access-users.ts';

export interface AccessHandlerDeps extends ApiKeyHandlerDeps, UserHandlerDeps {
  openSessions: OpenSessions;
}

export function accessHandlers(deps: AccessHandlerDeps): Omit<HandlersOf<'access'>, 'get_audit_log'> {
  const { openSessions } = deps;
  return {
    ...apiKeyHandlers(deps),
    ...userHandlers(deps),
    list_sessions: (_params, { session }) => ({ sessions: openSessions.list(session) }),
    end_session: ({ session_id: id }, { session }) => {
      openSessions.end(id, session);
      return { session_id: id, ended: true };
    },
  };
}
