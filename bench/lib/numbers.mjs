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
