import type { AuditLog } from '../audit/audit-log.ts';
import { marksOf } from '../audit/caller-marks.ts';
import type { Identity } from '../auth/identity.ts';
import type { AppError } from '../errors.ts';
import type { AuditOutcome } from '../store/audit.ts';
import type { MethodEntry } from './method-entry.ts';
import type { Session } from './session.ts';

/** What {@link CallAudit} writes to. */
export type AuditWriter = Pick<AuditLog, 'write' | 'deviceOf' | 'userNamed' | 'holdsAll'>;

/** One call that has ended. */
export interface AuditedCall {
  /** Undefined for a method that there is not. */
  entry: MethodEntry | undefined;
  /** As it was called; empty where not even that could be read. */
  method: string;
  session: Session;
  /** Who called; a call may end its own login. */
  caller: Identity | undefined;
  /** As `AuditLog.deviceOf` gave it, at the beginning of the call: one may take the camera away. */
  device: string | null;
  /** As whom a login was tried. */
  triedUser: unknown;
  requestId: string;
  durationMs: number;
  error: AppError | undefined;
}

/** What of the calls is held: control and logins, every refusal, and all of them where `security.audit` says so. */
export class CallAudit {
  readonly #log: AuditWriter;

  constructor(log: AuditWriter) {
    this.#log = log;
  }

  deviceOf(form: string | undefined): string | null {
    return this.#log.deviceOf(form);
  }

  note(call: AuditedCall): void {
    const { entry, method, session, device, requestId, durationMs, error } = call;
    const isLogin = entry?.isLogin ?? false;
    const outcome = outcomeOf(error, isLogin);
    const isHeld = entry?.isAudited === true || outcome === 'refused' || this.#log.holdsAll;
    if (!isHeld || method === '') return;
    const caller = isLogin && outcome === 'ok' ? session.identity : call.caller;
    this.#log.write({
      ...marksOf(caller, isLogin ? this.#log.userNamed(call.triedUser) : null),
      remote_address: session.remoteAddress,
      method,
      device,
      outcome,
      error_code: error?.code ?? null,
      duration_ms: durationMs,
      request_id: requestId,
      isLogin,
    });
  }
}

/** A login is refused also while it may not be tried. */
export function outcomeOf(error: AppError | undefined, isLogin: boolean): AuditOutcome {
  if (error === undefined) return 'ok';
  const { errorName } = error;
  if (errorName === 'authentication_failed' || errorName === 'permission_denied') return 'refused';
  return isLogin && errorName === 'rate_limited' ? 'refused' : 'failed';
}
