/**
 * A small baseline JPEG encoder (4:2:2, as most webcams) for numbered pictures, made for an emulated processor:
 * each row of blocks is a restart interval of its own, so the rows that stand still are encoded once.
 * Its Huffman codes are of its own, too: one bit for "the rest is zero", since most blocks are of one colour.
 */
import { BLOCK, transformBlock, ZIGZAG } from './dct.ts';
import { JpegBits } from './jpeg-bits.ts';
import type { NumberedPicture } from './numbered-picture.ts';

const QUANTIZER = 8;
const MCU_WIDTH = 16;
const ZERO_RUN = 0xf0;
/** Sizes of a DC difference, in the order of their codes, which have 4 bits each. */
const DC_SYMBOLS = Array.from({ length: 12 }, (_, size) => size);
/** Run and size of an AC coefficient; code 0 of one bit ends the block, the others have 9 bits from 256 on. */
const AC_SYMBOLS = [ZERO_RUN, ...pairs(16, 10).map(([run, size]) => (run << 4) | (size + 1))];
const acCodes = new Map(AC_SYMBOLS.map((symbol, index) => [symbol, 256 + index]));

export class JpegEncoder {
  readonly #picture: NumberedPicture;
  readonly #head: Buffer;
  readonly #stillRows = new Map<number, Buffer>();

  constructor(picture: NumberedPicture) {
    this.#picture = picture;
    this.#head = buildHead(picture.width, picture.height);
  }

  /** The frame of that number. */
  encode(number: number): Buffer {
    const rows = Array.from({ length: Math.ceil(this.#picture.height / BLOCK) }, (_, row) =>
      this.#row(row, number),
    );
    return Buffer.concat([this.#head, ...rows, marker(0xd9)]);
  }

  #row(row: number, number: number): Buffer {
    const known = this.#stillRows.get(row);
    if (known) return known;
    const isLast = (row + 1) * BLOCK >= this.#picture.height;
    const bytes = Buffer.concat([
      this.#encodeRow(row * BLOCK, number),
      isLast ? Buffer.alloc(0) : marker(0xd0 + (row % 8)),
    ]);
    if (this.#picture.isStill(row * BLOCK, BLOCK)) this.#stillRows.set(row, bytes);
    return bytes;
  }

  #encodeRow(top: number, number: number): Buffer {
    const bits = new JpegBits();
    const previous = { y: 0, cb: 0, cr: 0 };
    const { cb, cr } = this.#picture.chroma(top);
    for (let left = 0; left < this.#picture.width; left += MCU_WIDTH) {
      previous.y = putBlock(bits, this.#lumaBlock(left, top, number), previous.y);
      previous.y = putBlock(bits, this.#lumaBlock(left + BLOCK, top, number), previous.y);
      previous.cb = putBlock(bits, flatBlock(cb), previous.cb);
      previous.cr = putBlock(bits, flatBlock(cr), previous.cr);
    }
    return bits.finish();
  }

  #lumaBlock(left: number, top: number, number: number): Int16Array {
    const block = new Float64Array(BLOCK * BLOCK);
    let isFlat = true;
    for (let at = 0; at < block.length; at += 1) {
      const y = Math.min(top + Math.floor(at / BLOCK), this.#picture.height - 1);
      block[at] = this.#picture.luma(left + (at % BLOCK), y, number);
      isFlat &&= block[at] === block[0];
    }
    return isFlat ? flatBlock(block[0] ?? 0) : transformBlock(block, QUANTIZER);
  }
}

/** Coefficients of a block of one colour. */
function flatBlock(level: number): Int16Array {
  const block = new Int16Array(BLOCK * BLOCK);
  block[0] = Math.round(((level - 128) * BLOCK) / QUANTIZER);
  return block;
}

/** Writes a block; its DC value, which the next one is told relative to. */
function putBlock(bits: JpegBits, block: Int16Array, previousDc: number): number {
  const dc = block[0] ?? 0;
  const difference = dc - previousDc;
  bits.put(sizeOf(difference), 4);
  putValue(bits, difference);
  let run = 0;
  for (const at of ZIGZAG.subarray(1)) {
    const value = block[at] ?? 0;
    if (value === 0) {
      run += 1;
      continue;
    }
    for (; run > 15; run -= 16) bits.put(acCodes.get(ZERO_RUN) ?? 0, 9);
    bits.put(acCodes.get((run << 4) | sizeOf(value)) ?? 0, 9);
    putValue(bits, value);
    run = 0;
  }
  if (run > 0) bits.put(0, 1);
  return dc;
}

function sizeOf(value: number): number {
  return 32 - Math.clz32(Math.abs(value));
}

function putValue(bits: JpegBits, value: number): void {
  bits.put(value < 0 ? value - 1 : value, sizeOf(value));
}

function buildHead(width: number, height: number): Buffer {
  const size = Buffer.from([height >> 8, height & 0xff, width >> 8, width & 0xff]);
  const dcCounts = Buffer.alloc(16);
  dcCounts[3] = DC_SYMBOLS.length;
  const acCounts = Buffer.alloc(16);
  acCounts[0] = 1;
  acCounts[8] = AC_SYMBOLS.length;
  const perRow = Math.ceil(width / MCU_WIDTH);
  return Buffer.concat([
    marker(0xd8),
    marker(0xdb, Buffer.from([0]), Buffer.alloc(64, QUANTIZER)),
    marker(0xc0, Buffer.from([8]), size, Buffer.from([3, 1, 0x21, 0, 2, 0x11, 0, 3, 0x11, 0])),
    marker(0xc4, Buffer.from([0x00]), dcCounts, Buffer.from(DC_SYMBOLS)),
    marker(0xc4, Buffer.from([0x10]), acCounts, Buffer.from([0, ...AC_SYMBOLS])),
    marker(0xdd, Buffer.from([perRow >> 8, perRow & 0xff])),
    marker(0xda, Buffer.from([3, 1, 0, 2, 0, 3, 0, 0, 63, 0])),
  ]);
}

/** A marker, with its segment if it has one. */
function marker(code: number, ...segment: Buffer[]): Buffer {
  if (segment.length === 0) return Buffer.from([0xff, code]);
  const body = Buffer.concat(segment);
  return Buffer.concat([Buffer.from([0xff, code, (body.length + 2) >> 8, (body.length + 2) & 0xff]), body]);
}

function pairs(rows: number, columns: number): [number, number][] {
  return Array.from({ length: rows * columns }, (_, at) => [Math.floor(at / columns), at % columns]);
}
