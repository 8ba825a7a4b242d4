export { type Luma, type LumaFrame, LUMA_HEIGHT, LUMA_WIDTH, decodeLuma } from './decode-luma.ts';
export {
  type CodedFrames,
  type Still,
  StillError,
  type StillErrorCode,
  type StillOptions,
  decodeStill,
} from './decode-still.ts';
export { readJpegSize, readPictureSize, readPngSize } from './picture-size.ts';
export { toQscale } from './quality.ts';
