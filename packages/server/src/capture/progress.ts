/** One report of ffmpeg's `-progress`. */
export interface Progress {
  /** Frames of the source that were written since the start. */
  frames: number;
  fps: number;
}

/** Gathers the `key=value` lines of a report; a report ends with the key `progress`. */
export class ProgressReader {
  #onProgress: (progress: Progress) => void;
  #values = new Map<string, string>();

  constructor(onProgress: (progress: Progress) => void) {
    this.#onProgress = onProgress;
  }

  takeLine(line: string): void {
    const equals = line.indexOf('=');
    if (equals < 1) return;
    const key = line.slice(0, equals).trim();
    this.#values.set(key, line.slice(equals + 1).trim());
    if (key !== 'progress') return;
    // To keep a constant rate ffmpeg repeats frames where the source is slow, and counts them as well.
    const frames = Number(this.#values.get('frame')) - Number(this.#values.get('dup_frames') ?? 0);
    const fps = Number(this.#values.get('fps'));
    this.#values.clear();
    if (Number.isFinite(frames)) this.#onProgress({ frames, fps: Number.isFinite(fps) ? fps : 0 });
  }
}
