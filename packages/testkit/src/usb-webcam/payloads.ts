import type { Transfer } from './transfers.ts';
import { TRANSFER_STATUS } from './usbip.ts';
import { MAX_PAYLOAD_BYTES } from './uvc-descriptors.ts';

const HEADER_BYTES = 2;
const HEADER = { frameId: 0x01, endOfFrame: 0x02, endOfHeader: 0x80 };

/** Carries frames in the bulk transfers that the host has submitted; a frame for which it has none left is lost. */
export class PayloadQueue {
  #transfers: Transfer[] = [];
  #payloads: Buffer[] = [];
  #frameId = 0;

  /** A transfer that the host waits for. */
  add(transfer: Transfer): void {
    this.#transfers.push(transfer);
    this.#flush();
  }

  /** Sends a frame; false when the one before is not through yet, and this one is lost. */
  send(frame: Buffer): boolean {
    this.#transfers = this.#transfers.filter(({ isPending }) => isPending);
    if (this.#payloads.length > 0 || this.#transfers.length === 0) return false;
    this.#payloads = splitFrame(frame, this.#frameId);
    this.#frameId ^= HEADER.frameId;
    this.#flush();
    return true;
  }

  /** Forgets what is under way; the transfers stay. */
  clear(): void {
    this.#payloads = [];
  }

  /** Refuses all that the host waits for. */
  stall(): void {
    this.#payloads = [];
    for (const transfer of this.#transfers.splice(0)) transfer.complete({ status: TRANSFER_STATUS.stall });
  }

  #flush(): void {
    while (this.#payloads.length > 0) {
      const transfer = this.#transfers.shift();
      if (!transfer) return;
      if (!transfer.isPending) continue;
      const data = this.#payloads.shift()!;
      transfer.complete({ status: TRANSFER_STATUS.ok, data });
    }
  }
}

/** A frame in payloads, each with UVC's header; those of one frame have the same id, its next neighbour the other. */
export function splitFrame(frame: Buffer, frameId: number): Buffer[] {
  const room = MAX_PAYLOAD_BYTES - HEADER_BYTES;
  return Array.from({ length: Math.ceil(frame.length / room) }, (_, index) => {
    const part = frame.subarray(index * room, (index + 1) * room);
    const isLast = (index + 1) * room >= frame.length;
    const flags = HEADER.endOfHeader | frameId | (isLast ? HEADER.endOfFrame : 0);
    return Buffer.concat([Buffer.from([HEADER_BYTES, flags]), part]);
  });
}
