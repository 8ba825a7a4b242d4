import type { AuditOutcome } from '../store/audit.ts';

/** Upper ends of the classes into which the durations of calls are sorted, in seconds. */
export const durationBounds = [0.001, 0.01, 0.1, 1, 10] as const;

export interface MethodTraffic extends Record<AuditOutcome, number> {
  seconds: number;
  /** Calls by the first bound that they did not pass; those beyond all bounds in the last place. */
  byDuration: number[];
}

/** What goes in and out, counted since the start. Plain numbers: it is on the way of every call. */
export class Traffic {
  readonly methods = new Map<string, MethodTraffic>();
  /** WebSocket connections now. */
  connections = 0;
  calls = 0;
  /** Of the calls, those answered with an error. */
  errors = 0;
  /** Of all calls together. */
  seconds = 0;
  readonly notifications = { sent: 0, dropped: 0 };

  /** `method`: one of the contract, so that callers can't make more of them. */
  noteCall(method: string, outcome: AuditOutcome, seconds: number): void {
    this.calls += 1;
    if (outcome !== 'ok') this.errors += 1;
    this.seconds += seconds;
    const of = this.#of(method);
    of[outcome] += 1;
    of.seconds += seconds;
    const place = durationBounds.findIndex((bound) => seconds <= bound);
    of.byDuration[place === -1 ? durationBounds.length : place]! += 1;
  }

  #of(method: string): MethodTraffic {
    const present = this.methods.get(method);
    if (present) return present;
    const byDuration = Array.from({ length: durationBounds.length + 1 }, () => 0);
    const added: MethodTraffic = { ok: 0, refused: 0, failed: 0, seconds: 0, byDuration };
    this.methods.set(method, added);
    return added;
  }
}
