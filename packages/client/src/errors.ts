import {
  errorNameOf,
  type ErrorData,
  type ErrorName,
  type RpcError,
} from '@mediamtx-camera-service/protocol';

/** The service answered with an error; `message` is fit to show to a person. */
export class RpcCallError extends Error {
  override readonly name = 'RpcCallError';
  readonly code: number;
  /** The name in the contract's catalogue; undefined for a code that this client doesn't know. */
  readonly errorName: ErrorName | undefined;
  /** `reason` (for programs), `details` and `suggestion` (sentences), and the fields of the error. */
  readonly data: ErrorData;

  constructor(error: RpcError) {
    super(error.message);
    this.code = error.code;
    this.errorName = errorNameOf(error.code);
    this.data = { reason: '', details: error.message, suggestion: '', ...error.data };
  }
}

/** No reply came in time; whether the call was carried out is unknown. */
export class CallTimeoutError extends Error {
  override readonly name = 'CallTimeoutError';
  readonly method: string;

  constructor(method: string, timeoutMs: number) {
    super(`${method} got no reply within ${timeoutMs} ms`);
    this.method = method;
  }
}

/** The socket is not open, or closed while a reply was due; in the second case the call may have been carried out. */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError';

  constructor(message = 'not connected to the service') {
    super(message);
  }
}

/** A WHEP endpoint refused the offer, or the browser can't do WebRTC. */
export class WhepError extends Error {
  override readonly name = 'WhepError';
  /** The HTTP status; undefined where no answer came. */
  readonly status: number | undefined;

  constructor(message: string, options: { status?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.status = options.status;
  }
}
