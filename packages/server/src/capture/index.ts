export { Capture, type CaptureDeps, type CaptureState, type CaptureStatus } from './capture.ts';
export { CaptureError, type CaptureErrorCode } from './capture-error.ts';
export { type Encoder, EncoderChooser, type EncoderChooserDeps } from './encoder.ts';
export type { GrabOptions } from './grab.ts';
export { type NumberedPicture, frameDistance, readFrameNumber } from './read-number.ts';
export { redactUrls } from './redact.ts';
export type { CaptureSource, TestSource, V4l2Source } from './source.ts';
