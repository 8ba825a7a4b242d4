interface Sample {
  atMs: number;
  bytes: number;
}

/** Frames and bits a second over the last few seconds. */
export class RateMeter {
  #windowMs: number;
  #samples: Sample[] = [];
  #first = 0;

  constructor(windowMs = 3000) {
    this.#windowMs = windowMs;
  }

  add(atMs: number, bytes: number): void {
    this.#samples.push({ atMs, bytes });
    this.#expire(atMs);
  }

  /** Both 0 where nothing came within the window. */
  read(nowMs: number): { fps: number; bitrate: number } {
    this.#expire(nowMs);
    const samples = this.#samples.slice(this.#first);
    const oldest = samples[0];
    if (oldest === undefined || samples.length < 2) return { fps: 0, bitrate: 0 };
    const spanMs = Math.max(nowMs - oldest.atMs, 1);
    const bytes = samples.slice(1).reduce((sum, sample) => sum + sample.bytes, 0);
    const fps = ((samples.length - 1) * 1000) / spanMs;
    return { fps: Math.round(fps * 10) / 10, bitrate: Math.round((bytes * 8000) / spanMs) };
  }

  #expire(nowMs: number): void {
    for (;;) {
      const sample = this.#samples[this.#first];
      if (sample === undefined || sample.atMs > nowMs - this.#windowMs) break;
      this.#first += 1;
    }
    if (this.#first < 512) return;
    this.#samples = this.#samples.slice(this.#first);
    this.#first = 0;
  }
}
