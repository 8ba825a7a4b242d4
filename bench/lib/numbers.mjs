/** The value below which `share` (0 to 1) of them lie; nearest rank. */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

export function median(values) {
  return percentile(values, 0.5);
}

/** `p50 12 ms, p95 34 ms` */
export function spread(values, unit = 'ms') {
  return `p50 ${short(median(values))}, p95 ${short(percentile(values, 0.95))} ${unit}`;
}

/** A floor beside ours, by their medians: `p50 200, p95 250 ms: ours is 1.5 times that, 100 ms more` */
export function compared(values, floor) {
  const [ours, bare] = [median(values), median(floor)];
  const difference = `${short(Math.abs(ours - bare))} ms ${ours < bare ? 'less' : 'more'}`;
  return `${spread(floor)}: ours is ${short(ours / bare)} times that, ${difference}`;
}

/** Three digits that mean something. */
export function short(value) {
  if (!Number.isFinite(value)) return '–';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-GB', { maximumFractionDigits: digits });
}

export function pause(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
