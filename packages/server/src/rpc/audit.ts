import type { AppError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Session } from './session.ts';

export interface AuditedCall {
  method: string;
  session: Session;
  /** The camera as the request named it. */
  deviceForm: string;
  requestId: string;
  durationMs: number;
  error: AppError | undefined;
}

/** Who did what, from where, on which camera, with which outcome: one line of the log each, component `audit`. */
export class Audit {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log.child({ component: 'audit' });
  }

  write({ method, session, deviceForm, requestId, durationMs, error }: AuditedCall): void {
    const entry = {
      who: session.identity?.user ?? '',
      role: session.identity?.role ?? '',
      remote_address: session.remoteAddress,
      method,
      device: deviceForm,
      outcome: outcomeOf(error),
      ...(error && { error_code: error.code }),
      duration_ms: durationMs,
      request_id: requestId,
    };
    this.#log.info(entry, 'call');
  }
}

function outcomeOf(error: AppError | undefined): 'ok' | 'refused' | 'failed' {
  if (error === undefined) return 'ok';
  const isRefused = error.errorName === 'authentication_failed' || error.errorName === 'permission_denied';
  return isRefused ? 'refused' : 'failed';
}
