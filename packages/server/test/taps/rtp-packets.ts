/** Builds the RTP packets of an H.264 sender. */
export class PacketMaker {
  sequence = 65_534;
  timestamp = 4_294_960_000;

  /** One packet. */
  packet(
    payload: Uint8Array,
    options: { isLast?: boolean; padding?: number; extension?: boolean } = {},
  ): Buffer {
    const header = Buffer.alloc(12);
    header[0] = 0x80 | (options.padding ? 0x20 : 0) | (options.extension === true ? 0x10 : 0);
    header[1] = 96 | (options.isLast === true ? 0x80 : 0);
    header.writeUInt16BE(this.sequence, 2);
    header.writeUInt32BE(this.timestamp, 4);
    this.sequence = (this.sequence + 1) & 0xffff;
    const extension = options.extension === true ? [Buffer.from([0xbe, 0xde, 0, 1, 1, 2, 3, 4])] : [];
    const padding = Buffer.alloc(options.padding ?? 0);
    if (options.padding) padding[options.padding - 1] = options.padding;
    return Buffer.concat([header, ...extension, payload, padding]);
  }

  nextFrame(): void {
    this.timestamp = (this.timestamp + 3000) >>> 0;
  }

  /** The FU-A packets of one NAL unit. */
  fragments(nal: Buffer, size: number, isLast = true): Buffer[] {
    const indicator = (nal.readUInt8(0) & 0xe0) | 28;
    const type = nal.readUInt8(0) & 0x1f;
    const packets: Buffer[] = [];
    for (let at = 1; at < nal.length; at += size) {
      const isStart = at === 1;
      const isEnd = at + size >= nal.length;
      const header = (isStart ? 0x80 : 0) | (isEnd ? 0x40 : 0) | type;
      const payload = Buffer.concat([Buffer.from([indicator, header]), nal.subarray(at, at + size)]);
      packets.push(this.packet(payload, { isLast: isLast && isEnd }));
    }
    return packets;
  }

  /** One STAP-A packet. */
  aggregate(nals: Buffer[], isLast: boolean): Buffer {
    const parts = nals.flatMap((nal) => [Buffer.from([nal.length >> 8, nal.length & 0xff]), nal]);
    return this.packet(Buffer.concat([Buffer.from([24]), ...parts]), { isLast });
  }
}

export const sps = Buffer.from('6742c01fd9005005bb011000000300100000030140f1832480', 'hex');
export const pps = Buffer.from('68cb83cb20', 'hex');

/** A NAL unit of this type with recognisable bytes. */
export function makeNal(type: number, length: number, seed = 0): Buffer {
  const nal = Buffer.from(Array.from({ length }, (_, i) => (i * 7 + seed) % 251));
  nal[0] = 0x60 | type;
  return nal;
}

export function annexB(...nals: Buffer[]): Buffer {
  return Buffer.concat(nals.flatMap((nal) => [Buffer.from([0, 0, 0, 1]), nal]));
}
