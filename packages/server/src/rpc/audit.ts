import type { Logger } from '../log.ts';

export interface AuditEntry {
  who: string;
  role: string;
  remote_address: string;
  method: string;
  /** As the request named it. */
  device: string;
  outcome: 'ok' | 'refused' | 'failed';
  error_code?: number;
  duration_ms: number;
  request_id: string;
}

/** Who did what, from where, on which camera, with which outcome: one line of the log each, component `audit`. */
export class Audit {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log.child({ component: 'audit' });
  }

  write(entry: AuditEntry): void {
    this.#log.info(entry, 'call');
  }
}
