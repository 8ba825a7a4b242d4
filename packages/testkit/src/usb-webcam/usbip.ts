// USB/IP's messages as the kernel's virtual host controller (vhci_hcd) speaks them: big endian, a header of 48
// bytes, then the data of an OUT transfer (in a request) or of an IN transfer (in a reply).

const HEADER_BYTES = 48;
const COMMAND = { submit: 1, unlink: 2, submitted: 3, unlinked: 4 };

/** The negative errno that a transfer ends with. */
export const TRANSFER_STATUS = { ok: 0, stall: -32, unlinked: -104 };

export interface SubmitRequest {
  kind: 'submit';
  seqnum: number;
  endpoint: number;
  isIn: boolean;
  /** Bytes that an IN transfer has room for, or that an OUT transfer carries. */
  length: number;
  /** The 8 bytes of a control transfer; zero elsewhere. */
  setup: Buffer;
  /** Of an OUT transfer. */
  data: Buffer;
}

export interface UnlinkRequest {
  kind: 'unlink';
  seqnum: number;
  /** The submitted transfer that is no longer wanted. */
  target: number;
}

export type UsbIpRequest = SubmitRequest | UnlinkRequest;

/** Finds the messages in a byte stream, wherever its chunks are cut. */
export class UsbIpReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The requests that are complete with this chunk. Throws on a message that no host controller sends. */
  push(chunk: Buffer): UsbIpRequest[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const requests: UsbIpRequest[] = [];
    for (;;) {
      const size = messageSize(this.#rest);
      if (size === undefined || this.#rest.length < size) return requests;
      requests.push(parseRequest(this.#rest.subarray(0, size)));
      this.#rest = this.#rest.subarray(size);
    }
  }
}

function messageSize(bytes: Buffer): number | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const isOutSubmit = bytes.readUInt32BE(0) === COMMAND.submit && bytes.readUInt32BE(12) === 0;
  return HEADER_BYTES + (isOutSubmit ? bytes.readInt32BE(24) : 0);
}

function parseRequest(bytes: Buffer): UsbIpRequest {
  const command = bytes.readUInt32BE(0);
  const seqnum = bytes.readUInt32BE(4);
  if (command === COMMAND.unlink) return { kind: 'unlink', seqnum, target: bytes.readUInt32BE(20) };
  if (command !== COMMAND.submit) throw new Error(`USB/IP command ${command} is not a request`);
  return {
    kind: 'submit',
    seqnum,
    isIn: bytes.readUInt32BE(12) === 1,
    endpoint: bytes.readUInt32BE(16),
    length: bytes.readInt32BE(24),
    setup: Buffer.from(bytes.subarray(40, 48)),
    data: Buffer.from(bytes.subarray(HEADER_BYTES)),
  };
}

export interface TransferResult {
  /** See TRANSFER_STATUS. */
  status: number;
  /** Of an IN transfer; no longer than its request has room for. */
  data?: Buffer;
}

/** The answer to a submitted transfer, in parts to be written one after the other. */
export function encodeSubmitReply(request: SubmitRequest, { status, data }: TransferResult): Buffer[] {
  const header = makeHeader(COMMAND.submitted, request.seqnum, status);
  const sent = request.isIn ? (data?.length ?? 0) : status === 0 ? request.length : 0;
  if (sent > request.length) throw new Error(`${sent} bytes for a transfer of ${request.length}`);
  header.writeInt32BE(sent, 24);
  return request.isIn && data !== undefined ? [header, data] : [header];
}

/** The answer to an unlink: whether the transfer was still under way and now never gets an answer of its own. */
export function encodeUnlinkReply(seqnum: number, wasPending: boolean): Buffer {
  return makeHeader(COMMAND.unlinked, seqnum, wasPending ? TRANSFER_STATUS.unlinked : TRANSFER_STATUS.ok);
}

function makeHeader(command: number, seqnum: number, status: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(command, 0);
  header.writeUInt32BE(seqnum, 4);
  header.writeInt32BE(status, 20);
  return header;
}
