/** Size of the picture that an H.264 sequence parameter set describes, after cropping. */
export interface PictureSize {
  width: number;
  height: number;
}

/** Bit reader over a NAL unit whose emulation prevention bytes are already removed. */
class BitReader {
  #data: Uint8Array;
  #bit = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  bit(): number {
    const byte = this.#data[this.#bit >> 3];
    if (byte === undefined) throw new RangeError('the parameter set ends too early');
    const value = (byte >> (7 - (this.#bit & 7))) & 1;
    this.#bit += 1;
    return value;
  }

  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i += 1) value = value * 2 + this.bit();
    return value;
  }

  /** Unsigned exponential Golomb code, ue(v). */
  unsigned(): number {
    let zeros = 0;
    while (this.bit() === 0) {
      zeros += 1;
      if (zeros > 32) throw new RangeError('not an exponential Golomb code');
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** Signed exponential Golomb code, se(v). */
  signed(): number {
    const code = this.unsigned();
    return code % 2 === 0 ? -(code / 2) : (code + 1) / 2;
  }
}

const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** Reads the picture's size from an SPS NAL unit (header byte included), or null where it can't be read. */
export function readSpsSize(sps: Uint8Array): PictureSize | null {
  try {
    return readSize(new BitReader(removeEmulationPrevention(sps)));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function readSize(reader: BitReader): PictureSize {
  reader.bits(8);
  const profile = reader.bits(8);
  reader.bits(16);
  reader.unsigned();
  const chroma = HIGH_PROFILES.has(profile) ? readHighProfileFields(reader) : 1;
  reader.unsigned();
  skipPictureOrder(reader);
  reader.unsigned();
  reader.bit();
  const widthInBlocks = reader.unsigned() + 1;
  const heightInUnits = reader.unsigned() + 1;
  const isFramesOnly = reader.bit() === 1;
  if (!isFramesOnly) reader.bit();
  reader.bit();
  const crop = readCropping(reader);
  const unitX = chroma === 1 || chroma === 2 ? 2 : 1;
  const unitY = (chroma === 1 ? 2 : 1) * (isFramesOnly ? 1 : 2);
  const width = widthInBlocks * 16 - (crop.left + crop.right) * unitX;
  const height = heightInUnits * 16 * (isFramesOnly ? 1 : 2) - (crop.top + crop.bottom) * unitY;
  if (width <= 0 || height <= 0) throw new RangeError('the cropping leaves no picture');
  return { width, height };
}

/** Returns chroma_format_idc; 0 where the planes are coded apart, which crops in single samples too. */
function readHighProfileFields(reader: BitReader): number {
  const chroma = reader.unsigned();
  const isSeparate = chroma === 3 && reader.bit() === 1;
  reader.unsigned();
  reader.unsigned();
  reader.bit();
  if (reader.bit() === 1) {
    const lists = chroma === 3 ? 12 : 8;
    for (let i = 0; i < lists; i += 1) if (reader.bit() === 1) skipScalingList(reader, i < 6 ? 16 : 64);
  }
  return isSeparate ? 0 : chroma;
}

function skipScalingList(reader: BitReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let i = 0; i < size; i += 1) {
    if (next !== 0) next = (last + reader.signed() + 256) % 256;
    if (next !== 0) last = next;
  }
}

function skipPictureOrder(reader: BitReader): void {
  const type = reader.unsigned();
  if (type === 0) {
    reader.unsigned();
    return;
  }
  if (type !== 1) return;
  reader.bit();
  reader.signed();
  reader.signed();
  const cycle = reader.unsigned();
  for (let i = 0; i < cycle; i += 1) reader.signed();
}

function readCropping(reader: BitReader): { left: number; right: number; top: number; bottom: number } {
  if (reader.bit() === 0) return { left: 0, right: 0, top: 0, bottom: 0 };
  const left = reader.unsigned();
  const right = reader.unsigned();
  const top = reader.unsigned();
  return { left, right, top, bottom: reader.unsigned() };
}

function removeEmulationPrevention(nal: Uint8Array): Uint8Array {
  const out = new Uint8Array(nal.length);
  let length = 0;
  let zeros = 0;
  for (const byte of nal) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out[length] = byte;
    length += 1;
  }
  return out.subarray(0, length);
}
