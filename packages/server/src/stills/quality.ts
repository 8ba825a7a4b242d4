/** From a quality of 1 to 100 to ffmpeg's scale for JPEG, where 2 is the best and 31 the worst; linear. */
export function toQscale(quality: number): number {
  const bounded = Math.min(100, Math.max(1, quality));
  return Math.round(31 - ((bounded - 1) * 29) / 99);
}
