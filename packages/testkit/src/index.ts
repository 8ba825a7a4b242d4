export { ffmpegBinary, mediaMtxBinary } from './binaries.ts';
export { freePort } from './free-port.ts';
export { MediaMtx, type MediaMtxOptions } from './media-mtx.ts';
export { Program, type ProgramOptions } from './program.ts';
export { Service, type Ready, type ServiceOptions } from './service.ts';
export { settled } from './settled.ts';
export { TempDir } from './temp-dir.ts';
export { until, type UntilOptions } from './until.ts';
