// Reads the counter that a vivid camera writes into its picture: " HH:MM:SS:mmm NUMBER", in the kernel's font VGA8x16,
// white on black at a fixed place. The time and the number begin at zero with each start of the stream.
const GLYPHS = {
  0: '0000386cc6c6d6d6c6c66c3800000000',
  1: '00001838781818181818187e00000000',
  2: '00007cc6060c183060c0c6fe00000000',
  3: '00007cc606063c060606c67c00000000',
  4: '00000c1c3c6cccfe0c0c0c1e00000000',
  5: '0000fec0c0c0fc060606c67c00000000',
  6: '00003860c0c0fcc6c6c6c67c00000000',
  7: '0000fec606060c183030303000000000',
  8: '00007cc6c6c67cc6c6c6c67c00000000',
  9: '00007cc6c6c67e0606060c7800000000',
  ':': '00000000181800000018180000000000',
  ' ': '00000000000000000000000000000000',
};
const CHARACTERS = 22;
const CELL = { width: 8, height: 16 };
// Of 128: H.264 blurs the edges. The nearest glyph is taken, and none at all where there is only picture.
const MOST_WRONG_PIXELS = 12;
const WHITE = 128;

/** Where the counter stands, for ffmpeg's crop filter, and how many bytes of gray that is. */
export const OSD_CROP = `${CHARACTERS * CELL.width}:${CELL.height}:16:16`;
export const OSD_BYTES = CHARACTERS * CELL.width * CELL.height;

const templates = Object.entries(GLYPHS).map(([character, hex]) => ({
  character,
  rows: [...Buffer.from(hex, 'hex')],
}));

/** The number of the frame and the milliseconds since the stream's start; undefined where no counter can be read. */
export function readCounter(gray) {
  const text = Array.from({ length: CHARACTERS }, (_, index) => readCharacter(gray, index)).join('');
  const found = /^ (\d\d):(\d\d):(\d\d):(\d{3}) (\d+)/.exec(text);
  if (!found) return undefined;
  const [hours, minutes, seconds, milliseconds, sequence] = found.slice(1).map(Number);
  return { sequence, streamMs: ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds };
}

function readCharacter(gray, index) {
  const rows = Array.from({ length: CELL.height }, (_, row) => readRow(gray, index, row));
  const ranked = templates
    .map((template) => ({ character: template.character, wrong: countWrong(rows, template.rows) }))
    .sort((a, b) => a.wrong - b.wrong);
  return ranked[0].wrong <= MOST_WRONG_PIXELS ? ranked[0].character : '?';
}

function readRow(gray, index, row) {
  const start = (row * CHARACTERS + index) * CELL.width;
  let bits = 0;
  for (let x = 0; x < CELL.width; x += 1) bits = bits * 2 + (gray[start + x] > WHITE ? 1 : 0);
  return bits;
}

function countWrong(rows, expected) {
  return rows.reduce((sum, row, index) => sum + countBits(row ^ expected[index]), 0);
}

function countBits(byte) {
  let count = 0;
  for (let rest = byte; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}
