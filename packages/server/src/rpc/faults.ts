import { AppError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { toldOfStorage, type StorageFacts } from '../store/storage-error.ts';

export interface FaultsDeps {
  /** What a full disk is told with; absent: without sizes. */
  storage?: StorageFacts | undefined;
  /** A fault of the service was met. */
  onFault: (fault: { method: string; request_id: string }) => void;
  log: Logger;
}

/** What a caller is told of whatever a call threw: errors of the catalogue as they are, anything else as our fault. */
export class Faults {
  readonly #deps: FaultsDeps;

  constructor(deps: FaultsDeps) {
    this.#deps = deps;
  }

  /** `method` is empty where the call has not come so far as to have one. */
  describe(thrown: unknown, { method, requestId }: { method: string; requestId: string }): AppError {
    const { storage, log, onFault } = this.#deps;
    const reason = toldOfStorage(thrown, storage);
    if (reason instanceof AppError && reason.errorName !== 'internal_error') return reason;
    log.error({ err: reason, request_id: requestId, method }, 'a call failed for an unknown reason');
    onFault({ method, request_id: requestId });
    return new AppError('internal_error', {
      reason: 'internal_error',
      details: `${method === '' ? 'the request' : method} failed inside the service`,
      suggestion: `the service's log tells more under the request id ${requestId}`,
      request_id: requestId,
    });
  }
}
