/** One RTSP message: a response, or a request of the server's. */
export interface RtspMessage {
  startLine: string;
  /** Names in lower case. */
  headers: Map<string, string>;
  body: Buffer;
}

export interface RtspFramerHandlers {
  /** The payload is a view of the received bytes: copy what must outlive the call. */
  onPacket: (channel: number, payload: Buffer) => void;
  onMessage: (message: RtspMessage) => void;
}

const DOLLAR = 0x24;
const MAX_HEAD_BYTES = 65_536;
const MAX_BODY_BYTES = 1_048_576;
const EMPTY = Buffer.alloc(0);

/** Cuts an RTSP/TCP byte stream into interleaved packets and messages, wherever the chunks are cut. */
export class RtspFramer {
  #handlers: RtspFramerHandlers;
  #rest: Buffer = EMPTY;

  constructor(handlers: RtspFramerHandlers) {
    this.#handlers = handlers;
  }

  /** Throws where the bytes can't be RTSP. */
  push(chunk: Buffer): void {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let offset = 0;
    while (offset < data.length) {
      const used = data[offset] === DOLLAR ? this.#takePacket(data, offset) : this.#takeMessage(data, offset);
      if (used === 0) break;
      offset += used;
    }
    // A copy, so that a few bytes left over don't keep a whole receive buffer alive.
    this.#rest = offset === data.length ? EMPTY : Buffer.from(data.subarray(offset));
  }

  #takePacket(data: Buffer, offset: number): number {
    if (data.length - offset < 4) return 0;
    const end = offset + 4 + data.readUInt16BE(offset + 2);
    if (data.length < end) return 0;
    this.#handlers.onPacket(data.readUInt8(offset + 1), data.subarray(offset + 4, end));
    return end - offset;
  }

  #takeMessage(data: Buffer, offset: number): number {
    const headEnd = data.indexOf('\r\n\r\n', offset);
    if (headEnd === -1) {
      if (data.length - offset > MAX_HEAD_BYTES) throw new Error('not an RTSP answer: no end of its head');
      return 0;
    }
    const lines = data.toString('latin1', offset, headEnd).split('\r\n');
    const startLine = lines[0] ?? '';
    if (!startLine.includes('RTSP/1.0')) throw new Error('not an RTSP answer');
    const headers = readHeaders(lines.slice(1));
    const length = Number(headers.get('content-length') ?? 0);
    if (!Number.isInteger(length) || length < 0 || length > MAX_BODY_BYTES)
      throw new Error('bad RTSP body length');
    const end = headEnd + 4 + length;
    if (data.length < end) return 0;
    this.#handlers.onMessage({ startLine, headers, body: Buffer.from(data.subarray(headEnd + 4, end)) });
    return end - offset;
  }
}

function readHeaders(lines: string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}
