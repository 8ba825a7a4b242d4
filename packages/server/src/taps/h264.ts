import { type PictureSize, readSpsSize } from './sps.ts';

/**
 * H.264 over RTP (RFC 6184, packetisation modes 0 and 1) to access units.
 * A unit ends at the marker bit, or where the timestamp changes. A gap in the sequence numbers spoils
 * all that refers to what was lost, so nothing is given out from there to the next keyframe.
 */
export interface AccessUnit {
  /** Annex B bytes; its own memory. */
  data: Buffer;
  isKeyframe: boolean;
}

const TYPE_IDR = 5;
const TYPE_SPS = 7;
const TYPE_PPS = 8;
const TYPE_STAP_A = 24;
const TYPE_FU_A = 28;
const START_CODE = Buffer.from([0, 0, 0, 1]);

export interface DepacketizerOptions {
  /** SPS and PPS NAL units from the session description. */
  parameterSets?: Buffer[];
  onUnit: (unit: AccessUnit) => void;
  /** Packets are missing; `lost` is their number, 0 where it can't be told. */
  onGap?: (lost: number) => void;
}

export class H264Depacketizer {
  #onUnit: (unit: AccessUnit) => void;
  #onGap: ((lost: number) => void) | undefined;
  #sps: Buffer | undefined;
  #pps: Buffer | undefined;
  #size: PictureSize | null = null;
  #sequence: number | undefined;
  #timestamp: number | undefined;
  #nals: Buffer[] = [];
  #fragments: Buffer[] = [];
  #hasPicture = false;
  #isKeyframe = false;
  #isBroken = false;
  #needsKeyframe = true;

  constructor(options: DepacketizerOptions) {
    this.#onUnit = options.onUnit;
    this.#onGap = options.onGap;
    for (const nal of options.parameterSets ?? []) this.#noteParameterSet(nal);
  }

  /** SPS and PPS with start codes, or undefined until both are known. */
  get parameterSets(): Buffer | undefined {
    if (this.#sps === undefined || this.#pps === undefined) return undefined;
    return Buffer.concat([START_CODE, this.#sps, START_CODE, this.#pps]);
  }

  get size(): PictureSize | null {
    return this.#size;
  }

  /** Takes one RTP packet; what isn't one is ignored. The bytes are copied. */
  push(packet: Buffer): void {
    const payload = readRtpPayload(packet);
    if (payload === undefined || payload.length === 0) return;
    const isAfterGap = this.#noteSequence(packet.readUInt16BE(2));
    const timestamp = packet.readUInt32BE(4);
    if (isAfterGap) this.#isBroken = true;
    if (this.#timestamp !== undefined && this.#timestamp !== timestamp) this.#finishUnit();
    this.#timestamp = timestamp;
    // The lost packets may have been the end of the last unit or the start of this one: neither is whole.
    if (isAfterGap) this.#isBroken = true;
    this.#takePayload(payload);
    if ((packet.readUInt8(1) & 0x80) !== 0) this.#finishUnit();
  }

  #noteSequence(sequence: number): boolean {
    const expected = this.#sequence;
    this.#sequence = (sequence + 1) & 0xffff;
    if (expected === undefined || expected === sequence) return false;
    const lost = (sequence - expected) & 0xffff;
    // A number from behind is a restart or a reordering, of which no count of lost packets can be made.
    this.#onGap?.(lost < 0x8000 ? lost : 0);
    return true;
  }

  #takePayload(payload: Buffer): void {
    const type = payload.readUInt8(0) & 0x1f;
    if (type >= 1 && type < TYPE_STAP_A) this.#takeNal(Buffer.from(payload));
    else if (type === TYPE_STAP_A) this.#takeAggregate(payload);
    else if (type === TYPE_FU_A) this.#takeFragment(payload);
    else this.#isBroken = true;
  }

  #takeAggregate(payload: Buffer): void {
    let offset = 1;
    while (offset + 2 <= payload.length) {
      const end = offset + 2 + payload.readUInt16BE(offset);
      if (end > payload.length) {
        this.#isBroken = true;
        return;
      }
      if (end > offset + 2) this.#takeNal(Buffer.from(payload.subarray(offset + 2, end)));
      offset = end;
    }
  }

  #takeFragment(payload: Buffer): void {
    if (payload.length < 2) return;
    const header = payload.readUInt8(1);
    const isFirst = (header & 0x80) !== 0;
    if (isFirst) this.#fragments = [Buffer.from([(payload.readUInt8(0) & 0xe0) | (header & 0x1f)])];
    if (this.#fragments.length === 0) {
      this.#isBroken = true;
      return;
    }
    this.#fragments.push(Buffer.from(payload.subarray(2)));
    if ((header & 0x40) === 0) return;
    this.#takeNal(Buffer.concat(this.#fragments));
    this.#fragments = [];
  }

  #takeNal(nal: Buffer): void {
    const type = nal.readUInt8(0) & 0x1f;
    if (type >= 1 && type <= TYPE_IDR) this.#hasPicture = true;
    if (type === TYPE_IDR) this.#isKeyframe = true;
    this.#noteParameterSet(nal);
    this.#nals.push(nal);
  }

  #noteParameterSet(nal: Buffer): void {
    const type = (nal[0] ?? 0) & 0x1f;
    if (type === TYPE_SPS && this.#sps?.equals(nal) !== true) {
      this.#sps = nal;
      this.#size = readSpsSize(nal);
    } else if (type === TYPE_PPS) this.#pps = nal;
  }

  #finishUnit(): void {
    const unit = { nals: this.#nals, isKeyframe: this.#isKeyframe };
    const isBroken = this.#isBroken || this.#fragments.length > 0;
    const hasPicture = this.#hasPicture;
    if (isBroken) this.#needsKeyframe = true;
    this.#nals = [];
    this.#fragments = [];
    this.#hasPicture = false;
    this.#isKeyframe = false;
    this.#isBroken = false;
    this.#timestamp = undefined;
    if (isBroken || !hasPicture || (this.#needsKeyframe && !unit.isKeyframe)) return;
    this.#needsKeyframe = false;
    this.#onUnit({ data: joinNals(unit.nals), isKeyframe: unit.isKeyframe });
  }
}

function joinNals(nals: Buffer[]): Buffer {
  return Buffer.concat(nals.flatMap((nal) => [START_CODE, nal]));
}

/** The payload of an RTP packet without CSRCs, header extension and padding; undefined where it is none. */
function readRtpPayload(packet: Buffer): Buffer | undefined {
  if (packet.length < 12) return undefined;
  const first = packet.readUInt8(0);
  if (first >> 6 !== 2) return undefined;
  let start = 12 + (first & 0x0f) * 4;
  if ((first & 0x10) !== 0) {
    if (packet.length < start + 4) return undefined;
    start += 4 + packet.readUInt16BE(start + 2) * 4;
  }
  const end = (first & 0x20) !== 0 ? packet.length - (packet.at(-1) ?? 0) : packet.length;
  return start <= end ? packet.subarray(start, end) : undefined;
}
