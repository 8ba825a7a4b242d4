// Shows what is being done, one line a step: on a terminal the line is redrawn with the time and the part
// done, elsewhere there is a line at the start and one at the end.
const REDRAW_MS = 250;

/** @typedef {import('../../packages/server/src/install/mediamtx.mjs').Progress} Progress */

export class Display {
  #stream;
  /** @type {{ text: string, startedAt: number, fraction?: number | undefined } | undefined} */
  #step;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /** @param {NodeJS.WriteStream} stream */
  constructor(stream) {
    this.#stream = stream;
  }

  /**
   * Starts a step, or brings the present one of the same text up to date.
   * @param {Progress} progress
   */
  report = ({ text, fraction }) => {
    if (this.#step?.text === text) {
      this.#step.fraction = fraction;
      return;
    }
    this.end('done');
    this.#step = { text, startedAt: Date.now() };
    if (!this.#stream.isTTY) {
      this.#stream.write(`${text}\n`);
      return;
    }
    this.#draw();
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
    this.#timer.unref();
  };

  /**
   * Ends the present step, if there is one.
   * @param {'done' | 'failed'} outcome
   */
  end(outcome) {
    const step = this.#step;
    if (step === undefined) return;
    clearInterval(this.#timer);
    this.#step = undefined;
    const line = `${step.text}: ${outcome} in ${seconds(step.startedAt)}`;
    this.#stream.write(this.#stream.isTTY ? `\r\x1b[K${line}\n` : `${line}\n`);
  }

  #draw() {
    const step = this.#step;
    if (step === undefined) return;
    const part = step.fraction === undefined ? '' : `, ${Math.floor(step.fraction * 100)} %`;
    this.#stream.write(`\r\x1b[K${step.text} … ${seconds(step.startedAt)}${part}`);
  }
}

/**
 * How long ago that was, for people.
 * @param {number} startedAt
 */
export function seconds(startedAt) {
  const elapsed = (Date.now() - startedAt) / 1000;
  return elapsed < 10 ? `${elapsed.toFixed(1)} s` : `${Math.round(elapsed)} s`;
}
