import { open, type FileHandle } from 'node:fs/promises';
import type { RecordingFormat } from '@mediamtx-camera-service/protocol';
import { readHeader } from './fmp4.ts';
import { parseMatroskaVideo } from './matroska.ts';

/** What a file says of its picture. */
export interface VideoHeader {
  width: number;
  height: number;
  codec: string;
}

interface Box {
  type: string;
  /** Of its content. */
  start: number;
  end: number;
}

const codecs: Record<string, string> = {
  avc1: 'h264',
  avc3: 'h264',
  hvc1: 'h265',
  hev1: 'h265',
  av01: 'av1',
  vp09: 'vp9',
};

// A header has tens of boxes; more is a file of something else.
const maxBoxes = 1_000;
// Matroska's tracks stand in front of the pictures.
const matroskaHeaderBytes = 65_536;

/** Reads some bytes of the file, whatever its length. Undefined where they don't tell, or there is no picture. */
export async function readVideoHeader(
  path: string,
  format: RecordingFormat,
): Promise<VideoHeader | undefined> {
  const file = await open(path, 'r');
  try {
    if (format === 'mkv') return parseMatroskaVideo(await readAt(file, 0, matroskaHeaderBytes));
    return await readMp4(file, (await file.stat()).size);
  } finally {
    await file.close();
  }
}

async function readMp4(file: FileHandle, size: number): Promise<VideoHeader | undefined> {
  const moov = await findBox(file, { type: '', start: 0, end: size }, ['moov']);
  if (!moov) return undefined;
  for await (const trak of boxesIn(file, moov)) {
    if (trak.type !== 'trak') continue;
    const handler = await findBox(file, trak, ['mdia', 'hdlr']);
    if (!handler || (await readAt(file, handler.start + 8, 4)).toString('latin1') !== 'vide') continue;
    const description = await findBox(file, trak, ['mdia', 'minf', 'stbl', 'stsd']);
    // ISO/IEC 14496-12: a count, then the first sample entry; its size stands 32 bytes behind its start.
    const entry = description && (await readAt(file, description.start + 8, 36));
    if (!entry || entry.length < 36) return undefined;
    const type = entry.toString('latin1', 4, 8);
    return { width: entry.readUInt16BE(32), height: entry.readUInt16BE(34), codec: codecs[type] ?? type };
  }
  return undefined;
}

async function findBox(file: FileHandle, box: Box, [type, ...rest]: string[]): Promise<Box | undefined> {
  if (type === undefined) return box;
  for await (const child of boxesIn(file, box)) if (child.type === type) return findBox(file, child, rest);
  return undefined;
}

async function* boxesIn(file: FileHandle, { start, end }: Box): AsyncGenerator<Box> {
  for (let at = start, count = 0; at + 8 <= end && count < maxBoxes; count++) {
    const header = await readHeader(file, at);
    if (!header || header.size < header.headerSize) return;
    yield { type: header.type, start: at + header.headerSize, end: Math.min(at + header.size, end) };
    at += header.size;
  }
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}
