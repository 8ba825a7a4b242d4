import type { VideoHeader } from './video-header.ts';

/** The elements that lead to the picture of the first video track (RFC 9559). */
const ids = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackType: 0x83,
  codecId: 0x86,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
};

const videoType = 1;
const codecs: Record<string, string> = {
  'V_MPEG4/ISO/AVC': 'h264',
  'V_MPEGH/ISO/HEVC': 'h265',
  V_AV1: 'av1',
  V_VP9: 'vp9',
};

interface Element {
  id: number;
  body: Buffer;
}

/** `head`: the beginning of the file. Undefined where it holds no whole video track. */
export function parseMatroskaVideo(head: Buffer): VideoHeader | undefined {
  if (!find(head, ids.ebml)) return undefined;
  const segment = find(head, ids.segment);
  const tracks = segment && find(segment, ids.tracks);
  if (!tracks) return undefined;
  for (const { id, body } of elements(tracks)) {
    if (id !== ids.trackEntry || readUnsigned(find(body, ids.trackType)) !== videoType) continue;
    const video = find(body, ids.video);
    const codec = find(body, ids.codecId)?.toString('latin1');
    const width = video && readUnsigned(find(video, ids.pixelWidth));
    const height = video && readUnsigned(find(video, ids.pixelHeight));
    if (!codec || !width || !height) return undefined;
    return { width, height, codec: codecs[codec] ?? codec };
  }
  return undefined;
}

function find(body: Buffer, id: number): Buffer | undefined {
  for (const element of elements(body)) if (element.id === id) return element.body;
  return undefined;
}

/** The elements by their order; the last one may be cut off. */
function* elements(body: Buffer): Generator<Element> {
  for (let at = 0; at < body.length;) {
    const id = readNumber(body, at, { keepsMarker: true });
    const size = id && readNumber(body, id.end, { keepsMarker: false });
    if (!id || !size) return;
    const end = size.end + size.value;
    yield { id: id.value, body: body.subarray(size.end, end) };
    at = end;
  }
}

/** A number whose first byte's leading zeros tell its length: RFC 8794, section 4. */
function readNumber(
  body: Buffer,
  at: number,
  { keepsMarker }: { keepsMarker: boolean },
): { value: number; end: number } | undefined {
  const first = body[at];
  if (!first) return undefined;
  const length = Math.clz32(first) - 23;
  const end = at + length;
  if (end > body.length) return undefined;
  let value = keepsMarker ? first : first & (0xff >> length);
  for (let index = at + 1; index < end; index++) value = value * 256 + body[index]!;
  return { value, end };
}

function readUnsigned(body: Buffer | undefined): number | undefined {
  if (!body || body.length === 0 || body.length > 6) return undefined;
  return body.readUIntBE(0, body.length);
}
