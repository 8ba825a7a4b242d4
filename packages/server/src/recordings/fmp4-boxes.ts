/** What the fragments need of the header: the video track and its clock (ISO/IEC 14496-12). */
export interface Moov {
  trackId: number;
  /** Ticks a second of the video track. */
  timescale: number;
  defaultSampleDuration: number;
  /** 0 until the file was closed. */
  movieDuration: number;
}

/** The boxes inside a container, by their order. */
function* childBoxes(body: Buffer): Generator<{ type: string; body: Buffer }> {
  for (let at = 0; at + 8 <= body.length;) {
    const size = body.readUInt32BE(at);
    if (size < 8 || at + size > body.length) return;
    yield { type: body.toString('latin1', at + 4, at + 8), body: body.subarray(at + 8, at + size) };
    at += size;
  }
}

function findBox(body: Buffer, ...path: string[]): Buffer | undefined {
  let current: Buffer | undefined = body;
  for (const type of path) {
    if (!current) return undefined;
    current = [...childBoxes(current)].find((box) => box.type === type)?.body;
  }
  return current;
}

export function parseMoov(body: Buffer): Moov | undefined {
  const mvhd = findBox(body, 'mvhd');
  const tracks = [...childBoxes(body)].filter(({ type }) => type === 'trak');
  const video = tracks.find(
    ({ body: trak }) => findBox(trak, 'mdia', 'hdlr')?.toString('latin1', 8, 12) === 'vide',
  );
  const tkhd = video && findBox(video.body, 'tkhd');
  const mdhd = video && findBox(video.body, 'mdia', 'mdhd');
  if (!mvhd || !tkhd || !mdhd) return undefined;
  const trackId = tkhd.readUInt32BE(tkhd[0] === 1 ? 20 : 12);
  const mvex = findBox(body, 'mvex');
  const trex =
    mvex && [...childBoxes(mvex)].find((box) => box.type === 'trex' && box.body.readUInt32BE(4) === trackId);
  return {
    trackId,
    timescale: mdhd.readUInt32BE(mdhd[0] === 1 ? 20 : 12),
    defaultSampleDuration: trex?.body.readUInt32BE(12) ?? 0,
    movieDuration: mvhd[0] === 1 ? Number(mvhd.readBigUInt64BE(24)) : mvhd.readUInt32BE(16),
  };
}

/** The time that a fragment's video covers, in ticks; undefined where it has no video. */
export function parseFragment(body: Buffer, moov: Moov): { start: number; end: number } | undefined {
  for (const { type, body: traf } of childBoxes(body)) {
    if (type !== 'traf') continue;
    const tfhd = findBox(traf, 'tfhd');
    const tfdt = findBox(traf, 'tfdt');
    if (!tfhd || !tfdt || tfhd.readUInt32BE(4) !== moov.trackId) continue;
    const start = tfdt[0] === 1 ? Number(tfdt.readBigUInt64BE(4)) : tfdt.readUInt32BE(4);
    const runs = [...childBoxes(traf)].filter((box) => box.type === 'trun');
    const defaultDuration = readDefaultDuration(tfhd) ?? moov.defaultSampleDuration;
    const length = runs.reduce((sum, run) => sum + runDuration(run.body, defaultDuration), 0);
    return { start, end: start + length };
  }
  return undefined;
}

function readDefaultDuration(tfhd: Buffer): number | undefined {
  const flags = tfhd.readUIntBE(1, 3);
  if (!(flags & 0x08)) return undefined;
  const offset = 8 + (flags & 0x01 ? 8 : 0) + (flags & 0x02 ? 4 : 0);
  return tfhd.readUInt32BE(offset);
}

function runDuration(trun: Buffer, defaultDuration: number): number {
  const flags = trun.readUIntBE(1, 3);
  const count = trun.readUInt32BE(4);
  if (!(flags & 0x100)) return count * defaultDuration;
  // Each sample has a word for each of the flags; the duration is the first.
  const words = [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length;
  let at = 8 + (flags & 0x01 ? 4 : 0) + (flags & 0x04 ? 4 : 0);
  let sum = 0;
  for (let i = 0; i < count && at + 4 <= trun.length; i++, at += words * 4) sum += trun.readUInt32BE(at);
  return sum;
}
