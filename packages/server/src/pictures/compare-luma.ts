import { LUMA_HEIGHT, LUMA_WIDTH, type Luma } from '../stills/index.ts';

const CELL_WIDTH = 16;
const CELL_HEIGHT = 12;
const COLUMNS = LUMA_WIDTH / CELL_WIDTH;
const CELLS = COLUMNS * (LUMA_HEIGHT / CELL_HEIGHT);
const CELL_SAMPLES = CELL_WIDTH * CELL_HEIGHT;

/** A frozen picture, encoded at an unchanged quality, measured 0; the least noise of a lit still room 0.2. */
const SAME_MEAN = 0.05;
/** Finds the digit of a clock, which is nothing in the mean of the whole. */
const SAME_CELL = 1;
/** One picture at changing qualities measured up to 29 at 320x180 and 16 above; what moves in a loop differs by more. */
const ALIKE_SHIFT = 30;
const BLACK_MEAN = 20;
/** A covered lens has some noise; one small lamp in the dark is a picture. */
const BLACK_DEVIATION = 1.5;

export interface LumaDifference {
  /** Mean absolute difference of the samples. */
  mean: number;
  /** The same within the cell of 16x12 samples where it is greatest. */
  worstCell: number;
  /** The greatest difference of the cells' own means, in which noise and lost detail are gone. */
  worstShift: number;
}

export function compareLuma(a: Luma, b: Luma): LumaDifference {
  const sums = new Int32Array(CELLS);
  const differences = new Int32Array(CELLS);
  for (let i = 0, y = 0; y < LUMA_HEIGHT; y += 1) {
    const row = Math.floor(y / CELL_HEIGHT) * COLUMNS;
    for (let x = 0; x < LUMA_WIDTH; x += 1, i += 1) {
      const cell = row + Math.floor(x / CELL_WIDTH);
      const difference = (a[i] ?? 0) - (b[i] ?? 0);
      sums[cell] = (sums[cell] ?? 0) + difference;
      differences[cell] = (differences[cell] ?? 0) + Math.abs(difference);
    }
  }
  return {
    mean: sum(differences) / a.length,
    worstCell: Math.max(...differences) / CELL_SAMPLES,
    worstShift: Math.max(...sums.map(Math.abs)) / CELL_SAMPLES,
  };
}

/** Whether it is one picture, encoded twice at the same quality. */
export function isSamePicture(a: Luma, b: Luma): boolean {
  const { mean, worstCell } = compareLuma(a, b);
  return mean <= SAME_MEAN && worstCell <= SAME_CELL;
}

/** Whether it may be one picture, encoded at two qualities: noise and small things in it are not seen. */
export function isAlikePicture(a: Luma, b: Luma): boolean {
  return compareLuma(a, b).worstShift <= ALIKE_SHIFT;
}

export function isBlackPicture(luma: Luma): boolean {
  const mean = sum(luma) / luma.length;
  if (mean > BLACK_MEAN) return false;
  let squares = 0;
  for (const sample of luma) squares += (sample - mean) ** 2;
  return Math.sqrt(squares / luma.length) <= BLACK_DEVIATION;
}

function sum(values: Uint8Array | Int32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
