import { open, type FileHandle } from 'node:fs/promises';
import { parseFragment, parseMoov, type Moov } from './fmp4-boxes.ts';

/** What a fragmented MP4 file really holds, whatever its header says. */
export interface Fmp4Summary {
  /** The file's whole length, and how much of it is complete fragments. */
  size: number;
  completeSize: number;
  /** Of the video track's complete fragments, in milliseconds. */
  durationMs: number;
  fragments: number;
  /** MediaMTX writes the duration into the header when it closes the file; a file cut off by a crash has none. */
  isFinalised: boolean;
}

export interface BoxHeader {
  type: string;
  /** Of the whole box, header included. */
  size: number;
  headerSize: number;
}

/**
 * Reads only headers and fragment tables, so its cost goes with the number of fragments, not with the bytes of
 * picture. A tail that a crash cut off is told by `completeSize`. Undefined where there is no complete fragment.
 */
export async function readFmp4(path: string): Promise<Fmp4Summary | undefined> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return await readBoxes(file, size);
  } finally {
    await file.close();
  }
}

/** Whether MediaMTX has closed the file; cheap, since the header stands at its beginning. */
export async function readIsFinalised(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    for (let at = 0; ;) {
      const header = await readHeader(file, at);
      if (!header || header.size < header.headerSize) return false;
      if (header.type === 'moov')
        return (parseMoov(await readBody(file, at, header))?.movieDuration ?? 0) > 0;
      at += header.size;
    }
  } finally {
    await file.close();
  }
}

async function readBoxes(file: FileHandle, size: number): Promise<Fmp4Summary | undefined> {
  let moov: Moov | undefined;
  let first: number | undefined;
  let end = 0;
  let fragments = 0;
  let completeSize = 0;
  let pending: { start: number; end: number } | undefined;
  for (let at = 0; at < size;) {
    const header = await readHeader(file, at);
    if (!header || header.size < header.headerSize || at + header.size > size) break;
    if (header.type === 'moov') moov = parseMoov(await readBody(file, at, header));
    if (header.type === 'moof' && moov) pending = parseFragment(await readBody(file, at, header), moov);
    at += header.size;
    // A fragment counts when its media data is complete too.
    if (header.type === 'mdat' && pending) {
      first ??= pending.start;
      end = Math.max(end, pending.end);
      fragments++;
      completeSize = at;
      pending = undefined;
    }
  }
  if (!moov || first === undefined) return undefined;
  const durationMs = ((end - first) / moov.timescale) * 1000;
  return {
    size,
    completeSize,
    durationMs,
    fragments,
    isFinalised: moov.movieDuration > 0 && completeSize === size,
  };
}

/** Undefined at the end of the file. */
export async function readHeader(file: FileHandle, at: number): Promise<BoxHeader | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, at);
  if (bytesRead < 8) return undefined;
  const type = buffer.toString('latin1', 4, 8);
  const size = buffer.readUInt32BE(0);
  if (size !== 1) return { type, size, headerSize: 8 };
  if (bytesRead < 16) return undefined;
  return { type, size: Number(buffer.readBigUInt64BE(8)), headerSize: 16 };
}

async function readBody(file: FileHandle, at: number, { size, headerSize }: BoxHeader): Promise<Buffer> {
  const body = Buffer.alloc(size - headerSize);
  await file.read(body, 0, body.length, at + headerSize);
  return body;
}
