import { randomBytes } from 'node:crypto';
import type { Role } from '@mediamtx-camera-service/protocol';
import { AppError, notFound } from '../errors.ts';
import { transaction } from '../store/database.ts';
import { isDiskFull } from '../store/storage-error.ts';
import type { UserRow, UserStore } from '../store/users.ts';
import { camerasOfRow, camerasToRow, checkCameras, checkWithin } from './camera-limit.ts';
import { endedError, type Credentials } from './credentials.ts';
import type { Identity } from './identity.ts';
import type { Passwords } from './passwords.ts';
import { changeRights, type RightsKeeperDeps } from './rights-change.ts';

export interface UsersDeps extends RightsKeeperDeps {
  store: UserStore;
  passwords: Passwords;
  credentials: Pick<Credentials, 'noteChange' | 'current'>;
}

export interface UserChanges {
  password?: string | undefined;
  role?: Role | undefined;
  /** null: all. */
  cameras?: readonly string[] | null | undefined;
}

/**
 * Users with passwords. `by` is who asks: one who is limited to some cameras can neither give more than that nor touch a
 * user who has more; absent: the command line, which may do all. Whatever changes is told to `credentials` at once, so
 * that open sessions follow. Nothing of a check or a change is split by a wait: a program beside this one may write to
 * the same file.
 */
export class Users {
  readonly #deps: UsersDeps;
  readonly #now: () => number;

  constructor(deps: UsersDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
  }

  list(): UserRow[] {
    return this.#deps.store.list();
  }

  /** Throws `invalid_state` with state `exists`, `not_found` for a camera. */
  async create(
    name: string,
    rights: { password: string; role: Role; cameras: readonly string[] | null },
    by?: Identity,
  ): Promise<UserRow> {
    const { db, store, passwords, cameras } = this.#deps;
    checkCameras(rights.cameras, cameras, by);
    this.#refuseExisting(name);
    const password = await passwords.hash(rights.password);
    checkCameras(rights.cameras, cameras, this.#stillAdmin(by));
    const now = this.#now();
    const row: UserRow = {
      name,
      role: rights.role,
      cameras: camerasToRow(rights.cameras),
      password,
      generation: newGeneration(),
      kept_login: null,
      created_at: now,
      password_changed_at: now,
      last_login_at: null,
    };
    transaction(db, () => {
      this.#refuseExisting(name);
      store.add(row);
    });
    return row;
  }

  /** What is undefined stays. Throws `not_found`, `invalid_state` with state `last_admin`. */
  async set(name: string, changes: UserChanges, by?: Identity): Promise<UserRow> {
    if (changes.cameras !== undefined) checkCameras(changes.cameras, this.#deps.cameras, by);
    this.#findFor(name, by);
    const password = changes.password && (await this.#deps.passwords.hash(changes.password));
    const present = this.#stillAdmin(by);
    if (changes.cameras !== undefined) checkCameras(changes.cameras, this.#deps.cameras, present);
    return this.#change(name, present, (row) => ({
      ...row,
      role: changes.role ?? row.role,
      cameras: changes.cameras === undefined ? row.cameras : camerasToRow(changes.cameras),
      ...(password && this.#withPassword(password, null)),
    }));
  }

  /** A new password by whoever may set it without knowing the old one. Every login of the user ends. */
  async setPassword(name: string, password: string, by?: Identity): Promise<void> {
    await this.set(name, { password }, by);
  }

  /**
   * A new password by the user; every login of the user ends but the one that asks. Undefined, and nothing is changed,
   * where `currentPassword` is wrong.
   */
  async changeOwnPassword(
    caller: Identity,
    { password, currentPassword }: { password: string; currentPassword: string },
  ): Promise<true | undefined> {
    const { passwords } = this.#deps;
    const before = this.#find(caller.user);
    if (!(await passwords.verify(currentPassword, before.password))) return undefined;
    const hash = await passwords.hash(password);
    const keptLogin = caller.basis.kind === 'user' ? caller.basis.loginId : null;
    this.#change(before.name, undefined, (row) => {
      // Somebody else has set another one while this was checked.
      if (row.generation !== before.generation) throw wrongPassword();
      return { ...row, ...this.#withPassword(hash, keptLogin) };
    });
    return true;
  }

  /** Throws `not_found`, `invalid_state` with state `last_admin`. */
  remove(name: string, by?: Identity): UserRow {
    return changeRights(this.#deps, () => {
      const found = this.#findFor(name, by);
      this.#deps.store.remove(found.name);
      this.#needsAdmin(found);
      return found;
    });
  }

  /** The user whose password it is, else undefined; who does not exist takes as long. */
  async verifyPassword(name: string, password: string): Promise<UserRow | undefined> {
    const { store, passwords } = this.#deps;
    const row = store.find(name);
    if (!(await passwords.verify(password, row?.password))) return undefined;
    // It may have been changed or removed while it was checked.
    const present = store.find(name);
    return present?.generation === row?.generation ? present : undefined;
  }

  noteLogin({ name }: UserRow): void {
    try {
      this.#deps.store.noteLogin(name, this.#now());
    } catch (error) {
      // Whoever makes room on a full disk must be able to log in.
      if (!isDiskFull(error)) throw error;
    }
  }

  #change(name: string, by: Identity | undefined, change: (row: UserRow) => UserRow): UserRow {
    return changeRights(this.#deps, () => {
      const before = this.#findFor(name, by);
      const after = change(before);
      this.#deps.store.update(after);
      this.#needsAdmin(before);
      return after;
    });
  }

  #withPassword(password: string, keptLogin: string | null): Partial<UserRow> {
    return {
      password,
      generation: newGeneration(),
      kept_login: keptLogin,
      password_changed_at: this.#now(),
    };
  }

  /** Who asks, with the rights of now: they may have changed or ended while a password was hashed. */
  #stillAdmin(by: Identity | undefined): Identity | undefined {
    if (!by) return undefined;
    const present = this.#deps.credentials.current(by);
    if (present?.role === 'admin') return present;
    throw endedError();
  }

  /** Undoes by its throw what took the last admin away. */
  #needsAdmin(before: UserRow): void {
    if (before.role !== 'admin' || this.#deps.store.countAdmins() > 0) return;
    throw new AppError('invalid_state', {
      reason: 'last_admin',
      details: `${before.name} is the last admin`,
      suggestion: 'make another admin first',
      state: 'last_admin',
      allowed_states: ['one_of_several_admins'],
    });
  }

  #findFor(name: string, by: Identity | undefined): UserRow {
    const row = this.#find(name);
    checkWithin(camerasOfRow(row.cameras), by, `the rights of ${row.name}`);
    return row;
  }

  #find(name: string): UserRow {
    const row = this.#deps.store.find(name);
    if (row) return row;
    throw notFound('user', name, 'list_users tells the users');
  }

  #refuseExisting(name: string): void {
    const row = this.#deps.store.find(name);
    if (!row) return;
    throw new AppError('invalid_state', {
      reason: 'user_exists',
      details: `the user ${row.name} exists already`,
      suggestion: 'choose another name, or change this user by set_user',
      state: 'exists',
      allowed_states: ['absent'],
    });
  }
}

function newGeneration(): string {
  return randomBytes(12).toString('base64url');
}

/** The same words whether it is the user or the password that is wrong. */
export function wrongPassword(): AppError {
  return new AppError('authentication_failed', {
    reason: 'wrong_password',
    details: 'the user or the password is wrong',
    suggestion: 'check both; upper and lower case count in the password',
  });
}
