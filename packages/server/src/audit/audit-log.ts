import { setImmediate } from 'node:timers/promises';
import type { Config } from '../config/schema.ts';
import { errnoOf, messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import { CallBudgets } from '../rpc/limits.ts';
import { addressKey } from '../rpc/client-address.ts';
import { AuditStore, type AuditOutcome, type AuditQuery, type AuditRow } from '../store/audit.ts';
import type { Database } from '../store/database.ts';
import { isDiskFull } from '../store/storage-error.ts';
import { AuditFiles, dayOf } from './audit-files.ts';
import { cleanText } from './clean-text.ts';

/** One protected call that has ended. */
export interface AuditEntry extends Omit<AuditRow, 'id' | 'time'> {
  /** Whether it was a try to log in. */
  isLogin: boolean;
}

export interface AuditLogDeps {
  db: Database;
  /** Of the files; absent: there are none. */
  dir?: string;
  /** Read at each use. */
  config: Pick<Config['security'], 'audit' | 'audit_days'>;
  /** `cameraN` of the camera that is named so now. */
  resolve: (device: string) => string | undefined;
  /** A user's name as it is kept; undefined where there is no such user. */
  userNamed?: (name: string) => string | undefined;
  /** Something began or ceased to be wrong. */
  onProblem?: () => void;
  now?: () => number;
  log: Logger;
}

export interface AuditCounts extends Record<AuditOutcome, number> {
  /** Could not be kept. */
  lost: number;
  /** Beyond what one address gets written without a login. */
  leftOut: number;
  failedLogins: number;
}

const dayMs = 86_400_000;
const batch = 1_000;
const deletedAtOnce = 5_000;
const fileRetryMs = 1_000;
const warnEveryMs = 60_000;
/** Without a login anybody can call and be refused as often as they like, and must not fill the disk by it. */
const unknownCallers = { ratePerMinute: 60, burst: 1_000, maxInFlight: Number.POSITIVE_INFINITY };

/**
 * Who did what, from where, on which camera, with which outcome. The table is the log, numbered without holes; the
 * files say the same in lines that other programs collect. An entry goes to the table first, so a kill costs the file
 * its last line at most, and what a file lacks, for whatever reason, is written before the next.
 */
export class AuditLog {
  readonly counts: AuditCounts = { ok: 0, refused: 0, failed: 0, lost: 0, leftOut: 0, failedLogins: 0 };
  readonly #deps: AuditLogDeps;
  readonly #store: AuditStore;
  readonly #files: AuditFiles | undefined;
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #unknown = new CallBudgets(unknownCallers);
  /** Of the last line that a file has; undefined until they were looked at. */
  #fileId: number | undefined;
  #fileRetryAt = 0;
  #warnedAt = -warnEveryMs;
  #tableProblem: string | undefined;
  #fileProblem: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: AuditLogDeps) {
    this.#deps = deps;
    this.#store = new AuditStore(deps.db);
    this.#files = deps.dir === undefined ? undefined : new AuditFiles(deps.dir);
    this.#now = deps.now ?? Date.now;
    this.#log = deps.log.child({ component: 'audit' });
  }

  /** Whether every call is held, not only what changes something. */
  get holdsAll(): boolean {
    return this.#deps.config.audit === 'all';
  }

  /** What keeps entries from being written now, in words. */
  get problem(): string | undefined {
    if (this.#tableProblem !== undefined)
      return `the audit log can't be written (${this.#tableProblem}): ${this.counts.lost} entries are lost`;
    return this.#fileProblem && `the files of the audit log can't be written (${this.#fileProblem})`;
  }

  /** Writes to the files what a kill kept from them, deletes what is too old, and does that daily. */
  start(): void {
    if (this.#files) this.#repairFiles(this.#files);
    const prune = (): void => void this.prune();
    this.#timer ??= setInterval(prune, dayMs).unref();
    prune();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#files?.close();
  }

  /** The camera as the log holds it: `cameraN` where there is such a camera, else as it was named; null: none was. */
  deviceOf(form: string | undefined): string | null {
    if (form === undefined || form === '') return null;
    return this.#deps.resolve(form) ?? cleanText(form, 64);
  }

  /** The name of a user who may be the one that tries to log in. What is no user's name may be a password. */
  userNamed(name: unknown): string | null {
    return (typeof name === 'string' && this.#deps.userNamed?.(name)) || null;
  }

  /** Never throws, and waits for nothing. */
  write({ isLogin, ...entry }: AuditEntry): void {
    if (isLogin && entry.outcome === 'refused') this.counts.failedLogins += 1;
    const time = this.#now();
    if (entry.role === null && this.#isFlood(entry, time)) return;
    const row = {
      ...entry,
      time,
      who: entry.who === null ? null : cleanText(entry.who, 128),
      remote_address: cleanText(entry.remote_address, 64),
      method: cleanText(entry.method, 200),
    };
    const id = this.#insert(row);
    if (id === undefined) return;
    this.counts[entry.outcome] += 1;
    this.#follow({ id, ...row });
  }

  /** Another program may have written to the table. */
  followOthers(): void {
    this.#follow();
  }

  /** One page, newest first. */
  query(query: AuditQuery): { rows: AuditRow[]; total: number } {
    return this.#store.query(query);
  }

  /** Deletes what is older than `security.audit_days`; never rejects. */
  async prune(): Promise<void> {
    const before = this.#now() - this.#deps.config.audit_days * dayMs;
    try {
      this.#files?.deleteBefore(dayOf(before));
      // In steps, so that nobody waits for a long one.
      while (this.#store.deleteBefore(before, deletedAtOnce) === deletedAtOnce) await setImmediate();
    } catch (error) {
      this.#log.error({ err: error }, 'old entries of the audit log could not be deleted');
    }
  }

  #insert(row: Omit<AuditRow, 'id'>): number | undefined {
    try {
      const id = this.#store.insert(row);
      if (this.#tableProblem !== undefined) this.#setProblem({ table: undefined });
      return id;
    } catch (error) {
      this.counts.lost += 1;
      this.#setProblem({ table: reasonOf(error) });
      return undefined;
    }
  }

  /** Brings the files up to the table, whose newest entry `row` is. */
  #follow(row?: AuditRow): void {
    const files = this.#files;
    const isWaiting = this.#fileProblem !== undefined && performance.now() < this.#fileRetryAt;
    if (!files || isWaiting) return;
    try {
      this.#fileId ??= this.#lastIn(files);
      const rows = row && row.id === this.#fileId + 1 ? [row] : this.#store.after(this.#fileId, batch);
      for (const next of rows) this.#append(files, next);
      if (this.#fileProblem !== undefined) this.#setProblem({ file: undefined });
    } catch (error) {
      this.#noteFileProblem(error);
    }
  }

  #append(files: AuditFiles, row: AuditRow): void {
    files.append(dayOf(row.time), `${JSON.stringify(lineOf(row))}\n`);
    this.#fileId = row.id;
  }

  #repairFiles(files: AuditFiles): void {
    try {
      let last = this.#lastIn(files);
      for (
        let rows = this.#store.after(last, batch);
        rows.length > 0;
        rows = this.#store.after(last, batch)
      ) {
        for (const row of rows) this.#append(files, row);
        last = rows.at(-1)!.id;
      }
      this.#fileId = last;
    } catch (error) {
      this.#noteFileProblem(error);
    }
  }

  #lastIn(files: AuditFiles): number {
    const inTable = this.#store.lastId();
    const inFiles = files.lastId();
    if (inFiles > inTable) {
      // After a power cut, or with an older database put back: what the files have keeps its numbers.
      this.#log.warn(
        { table: inTable, files: inFiles },
        'the files of the audit log have more than the table',
      );
      this.#store.passOver(inFiles);
    }
    // Without any file, today's entries are missing, and those of the command line while no service ran: what is older
    // was in files, which may have been put away.
    return inFiles > 0 ? inFiles : this.#store.lastOwnIdBefore(Date.parse(dayOf(this.#now())));
  }

  #noteFileProblem(error: unknown): void {
    this.#fileRetryAt = performance.now() + fileRetryMs;
    this.#setProblem({ file: reasonOf(error) });
  }

  #isFlood({ remote_address: address }: Pick<AuditEntry, 'remote_address'>, time: number): boolean {
    try {
      this.#unknown.of(addressKey(address), time).spend(time);
      return false;
    } catch {
      // The budget says by a throw that nothing is left.
      this.counts.leftOut += 1;
      if (time - this.#warnedAt >= warnEveryMs) {
        this.#warnedAt = time;
        this.#log.warn(
          { address, left_out: this.counts.leftOut },
          'more calls without a login than the audit log holds',
        );
      }
      return true;
    }
  }

  /** Each kind of problem is told when it begins, and when it is over. */
  #setProblem(change: { table: string | undefined } | { file: string | undefined }): void {
    const before = this.problem === undefined;
    const [was, is] =
      'table' in change ? [this.#tableProblem, change.table] : [this.#fileProblem, change.file];
    if ('table' in change) this.#tableProblem = is;
    else this.#fileProblem = is;
    const what = { part: 'table' in change ? 'table' : 'files', lost: this.counts.lost };
    if (was === undefined && is !== undefined)
      this.#log.error({ ...what, reason: is }, "the audit log can't be written");
    if (was !== undefined && is === undefined) this.#log.info(what, 'the audit log is written again');
    if (before !== (this.problem === undefined)) this.#deps.onProblem?.();
  }
}

/** Fit for anybody: without paths. */
function reasonOf(error: unknown): string {
  return isDiskFull(error) ? 'the disk is full' : (errnoOf(error) ?? messageOf(error));
}

function lineOf({ time, ...row }: AuditRow): Record<string, unknown> {
  const { id, ...rest } = row;
  return { id, time: new Date(time).toISOString(), ...rest };
}
