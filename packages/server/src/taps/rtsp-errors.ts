/** An RTSP request that the server refused. */
export class RtspStatusError extends Error {
  readonly status: number;

  constructor(status: number, reason: string) {
    super(`the server answered ${status} ${reason}`);
    this.name = 'RtspStatusError';
    this.status = status;
  }
}

const STATUS_REASONS = new Map([
  [401, 'the media server refused the login'],
  [403, 'the media server refused the login'],
  [400, 'the media server does not know this path'],
  [404, 'nobody publishes this stream'],
]);

const SYSTEM_REASONS = new Map([
  ['ECONNREFUSED', 'the media server is not answering'],
  ['ECONNRESET', 'the media server closed the connection'],
  ['EPIPE', 'the media server closed the connection'],
  ['ETIMEDOUT', 'the media server is not answering'],
  ['ENOTFOUND', 'the media server is not found'],
]);

/** Why a connection failed or ended, in words for a person; holds no credentials. */
export function describeRtspFailure(error: unknown): string {
  if (error instanceof RtspStatusError) return STATUS_REASONS.get(error.status) ?? error.message;
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return SYSTEM_REASONS.get(code) ?? error.message;
}
