import { linkLoginPrefix } from '../auth/login-codes.ts';
import type { Identity } from '../auth/identity.ts';
import type { AuditRow, IdentityKind } from '../store/audit.ts';

type CallerMarks = Pick<AuditRow, 'who' | 'role' | 'identity_kind' | 'key_id'>;

/** Who an entry is about; `named`: the user that somebody without a login said to be. */
export function marksOf(caller: Identity | undefined, named: string | null): CallerMarks {
  if (!caller) return { who: named, role: null, identity_kind: null, key_id: null };
  const { user, role, basis } = caller;
  const keyId = basis.kind === 'api_key' ? basis.keyId : null;
  return { who: user, role, identity_kind: kindOf(caller), key_id: keyId };
}

function kindOf({ basis }: Identity): IdentityKind {
  if (basis.kind !== 'login') return basis.kind;
  return basis.loginId.startsWith(linkLoginPrefix) ? 'link' : 'token';
}
