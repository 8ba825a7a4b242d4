import { hasRole, type MethodDefinition } from '@mediamtx-camera-service/protocol';
import { expiredError } from '../auth/tokens.ts';
import { AppError } from '../errors.ts';
import type { Session } from './session.ts';

/** Login, then role: throws before anything of the params or of what they name is looked at. */
export function checkAccess({ role, isRead }: MethodDefinition, session: Session, openReads: boolean): void {
  if (role === 'none' || (isRead && openReads)) return;
  if (session.hasExpired) throw expiredError();
  const { identity } = session;
  if (identity === undefined) {
    throw new AppError('authentication_failed', {
      reason: 'login_required',
      details: 'this method needs a login',
      suggestion: 'call authenticate first, or send the token with the connection',
    });
  }
  if (hasRole(identity.role, role)) return;
  throw new AppError('permission_denied', {
    reason: 'role_too_low',
    details: `the method needs the role ${role}, you have ${identity.role}`,
    suggestion: `log in with the role ${role}`,
    required_role: role,
    have_role: identity.role,
  });
}
