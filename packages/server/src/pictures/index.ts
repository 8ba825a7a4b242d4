export { PictureWatch, type PictureWatchDeps } from './picture-watch.ts';
export type { PictureVerdict } from './suspect.ts';
