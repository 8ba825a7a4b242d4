export type CaptureErrorCode = 'capturing' | 'stopped' | 'no_ffmpeg' | 'no_encoder' | 'no_frame';

/** A capture that can't be; `message` is fit for a person and holds no credentials. */
export class CaptureError extends Error {
  readonly code: CaptureErrorCode;

  constructor(code: CaptureErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CaptureError';
    this.code = code;
  }
}
