/** Side of a JPEG's block, in pixels. */
export const BLOCK = 8;

/** Positions in a block, from low to high frequencies. */
export const ZIGZAG = Uint8Array.from(
  Array.from({ length: BLOCK * BLOCK }, (_, at) => at).sort((a, b) => zigzagRank(a) - zigzagRank(b)),
);

const cosines = Float64Array.from({ length: BLOCK * BLOCK }, (_, at) => {
  const [frequency, position] = [Math.floor(at / BLOCK), at % BLOCK];
  const scale = frequency === 0 ? Math.SQRT1_2 : 1;
  return (scale / 2) * Math.cos(((2 * position + 1) * frequency * Math.PI) / (2 * BLOCK));
});

/** Quantized coefficients of a block of levels from 0 to 255. */
export function transformBlock(levels: Float64Array, quantizer: number): Int16Array {
  const centred = levels.map((level) => level - 128);
  // Rows first, then the columns of what they give: transposed twice.
  const coefficients = transformRows(transformRows(centred));
  return Int16Array.from(coefficients, (value) => Math.round(value / quantizer));
}

/** The one-dimensional transform of each row, as a column. */
function transformRows(block: Float64Array): Float64Array {
  const result = new Float64Array(BLOCK * BLOCK);
  for (let row = 0; row < BLOCK; row += 1) {
    for (let frequency = 0; frequency < BLOCK; frequency += 1) {
      let sum = 0;
      for (let x = 0; x < BLOCK; x += 1) {
        sum += (block[row * BLOCK + x] ?? 0) * (cosines[frequency * BLOCK + x] ?? 0);
      }
      result[frequency * BLOCK + row] = sum;
    }
  }
  return result;
}

function zigzagRank(at: number): number {
  const [y, x] = [Math.floor(at / BLOCK), at % BLOCK];
  const diagonal = x + y;
  return diagonal * BLOCK + (diagonal % 2 === 0 ? x : y);
}
