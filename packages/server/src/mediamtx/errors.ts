import { AppError, errnoOf } from '../errors.ts';

/** There is no connection at present; `cause` is what ended it. */
export function notConnected(detail: string, cause: unknown): AppError {
  return new AppError(
    'dependency_failed',
    {
      reason: 'mediamtx_unreachable',
      dependency: 'mediamtx',
      detail,
      details: `MediaMTX is not available: ${detail}`,
      suggestion: 'The service reconnects by itself; try again in a moment.',
    },
    { cause },
  );
}

/** A call had no answer, or none that can be read. */
export function unreachable(error: Error): AppError {
  return new AppError(
    'dependency_failed',
    {
      reason: 'mediamtx_unreachable',
      dependency: 'mediamtx',
      detail: error.message,
      details: `MediaMTX does not answer: ${error.message}`,
      suggestion: 'The service reconnects by itself. If this lasts, look at its log and at get_status.',
    },
    { cause: error },
  );
}

/** The server answered with no, in its own words. */
export function refused(status: number, answer: string): AppError {
  const words = wordsOf(answer);
  const suggestion =
    status === 401
      ? 'Set mediamtx.api_username and mediamtx.api_password to a user that may use the API.'
      : '';
  return new AppError('dependency_failed', {
    reason: status === 401 ? 'mediamtx_unauthorized' : 'mediamtx_refused',
    dependency: 'mediamtx',
    detail: words,
    http_status: status,
    details: status === 401 ? 'MediaMTX refuses the credentials for its API' : `MediaMTX refused: ${words}`,
    suggestion,
  });
}

export function streamExists(name: string): AppError {
  return new AppError('invalid_state', {
    reason: 'exists',
    state: 'exists',
    allowed_states: ['absent'],
    details: `a stream named ${name} exists`,
    suggestion: 'Take another name, or delete_stream the present one first.',
  });
}

export function isStatus(error: unknown, status: number): boolean {
  return error instanceof AppError && error.data['http_status'] === status;
}

/** Whether nobody listens there, or ended in the middle: a server that hangs fails by its silence alone. */
export function isAway(error: unknown): boolean {
  return error instanceof Error && (errnoOf(error) !== undefined || isAway(error.cause));
}

/** Whether the server answered, and with no. */
export function isRefusal(error: unknown): boolean {
  return error instanceof AppError && error.data['http_status'] !== undefined;
}

function wordsOf(answer: string): string {
  try {
    const parsed = JSON.parse(answer) as unknown;
    if (typeof parsed === 'object' && parsed !== null && 'error' in parsed) return String(parsed.error);
  } catch {
    // The refusal isn't JSON (a proxy's page, perhaps): its text is what we have.
  }
  return answer.slice(0, 300);
}
