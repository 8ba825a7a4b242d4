import type { Params, Result } from '@mediamtx-camera-service/protocol';
import { camerasOfRow } from '../../auth/camera-limit.ts';
import type { Identity } from '../../auth/identity.ts';
import type { Logins } from '../../auth/logins.ts';
import type { Users } from '../../auth/users.ts';
import { AppError } from '../../errors.ts';
import type { UserRow } from '../../store/users.ts';
import type { CallContext, HandlersOf } from '../call.ts';
import { invalidParam } from '../invalid-params.ts';
import { isTold, withoutForeign } from '../told-rights.ts';

export interface UserHandlerDeps {
  users: Users;
  logins: Pick<Logins, 'changeOwnPassword'>;
}

export type UserHandlers = Pick<
  HandlersOf<'access'>,
  'create_user' | 'set_user' | 'list_users' | 'set_password' | 'delete_user'
>;

export function userHandlers({ users, logins }: UserHandlerDeps): UserHandlers {
  return {
    create_user: async ({ user, password, role, cameras = null }, { identity }) =>
      describeUser(await users.create(user, { password, role, cameras }, identity)),

    set_user: async ({ user, ...changes }, { identity }) =>
      describeUser(await users.set(user, changes, identity)),

    list_users: (_params, { identity }) => ({
      users: users.list().map(describeListed).filter(isTold(identity)).map(withoutForeign(identity)),
    }),

    set_password: async (params, { identity, session }) => {
      const { user, password } = params;
      if (identity && isOwn(identity, user)) {
        const currentPassword = readCurrent(params);
        const { remoteAddress } = session;
        await logins.changeOwnPassword(identity, { password, currentPassword, remoteAddress });
      } else {
        checkAdmin(identity);
        await users.setPassword(user, password, identity);
      }
      return { user, updated: true };
    },

    delete_user: ({ user }, { identity }) => ({ user: users.remove(user, identity).name, deleted: true }),
  };
}

/** A token or a key may bear anybody's name; only a login of the stored user is that user. */
function isOwn({ basis, user: own }: Identity, user: string): boolean {
  return basis.kind === 'user' && own.toLowerCase() === user.toLowerCase();
}

function readCurrent({ current_password: current }: Params<'set_password'>): string {
  if (current !== undefined) return current;
  throw invalidParam({
    param: 'current_password',
    rule: 'required',
    problem: 'is required',
    hint: 'the own password is changed with the present one',
  });
}

function checkAdmin(identity: CallContext['identity']): void {
  if (identity?.role === 'admin') return;
  throw new AppError('permission_denied', {
    reason: 'not_own',
    details: "only an admin sets another user's password",
    suggestion: 'change the own password, or ask an admin',
    required_role: 'admin',
    have_role: identity?.role,
  });
}

function describeUser({ name, role, cameras }: UserRow): Result<'create_user'> {
  return { user: name, role, cameras: camerasOfRow(cameras) };
}

function describeListed(row: UserRow): Result<'list_users'>['users'][number] {
  return {
    ...describeUser(row),
    created_at: new Date(row.created_at).toISOString(),
    last_login_at: row.last_login_at === null ? null : new Date(row.last_login_at).toISOString(),
    password_changed_at: new Date(row.password_changed_at).toISOString(),
  };
}
