export { chromiumBinary, ffmpegBinary, mediaMtxBinary } from './binaries.ts';
export { Browser, type Tab, type TabOptions } from './browser.ts';
export { cliMain, runCli, type CliResult } from './cli.ts';
export { freePort } from './free-port.ts';
export { Guest, type Finding, type GuestOptions } from './guest.ts';
export { MediaMtx, type MediaMtxOptions } from './media-mtx.ts';
export { Program, type ProgramOptions } from './program.ts';
export {
  RawClient,
  type RawClientOptions,
  type RawMessage,
  type RawNotification,
  type RawReply,
} from './raw-client.ts';
export { seeded } from './seeded.ts';
export { Service, type Ready, type ServiceOptions } from './service.ts';
export { settled } from './settled.ts';
export { TempDir } from './temp-dir.ts';
export { Tmpfs } from './tmpfs.ts';
export { until, type UntilOptions } from './until.ts';
export {
  UsbWebcam,
  type UsbWebcamOptions,
  type WebcamControl,
  type WebcamFault,
  type WebcamFormat,
  type WebcamMode,
  type WebcamModel,
  type WebcamPixelFormat,
  type WebcamSize,
} from './usb-webcam/index.ts';
