import type { Socket } from 'node:net';

import {
  encodeSubmitReply,
  encodeUnlinkReply,
  UsbIpReader,
  type SubmitRequest,
  type TransferResult,
} from './usbip.ts';

/** A transfer that the host waits for. */
export interface Transfer {
  request: SubmitRequest;
  /** False once it is answered, or the host wants it no more. */
  readonly isPending: boolean;
  /** Answers it; too late, it does nothing. */
  complete: (result: TransferResult) => void;
}

/** Serves one plugged device over one socket: hands out what the host submits, and takes back what it unlinks. */
export function serveTransfers(socket: Socket, onTransfer: (transfer: Transfer) => void): void {
  const pending = new Set<number>();
  const reader = new UsbIpReader();

  const makeTransfer = (request: SubmitRequest): Transfer => ({
    request,
    get isPending() {
      return pending.has(request.seqnum);
    },
    complete: (result) => {
      if (!pending.delete(request.seqnum) || socket.destroyed) return;
      socket.cork();
      for (const part of encodeSubmitReply(request, result)) socket.write(part);
      socket.uncork();
    },
  });

  socket.on('data', (chunk: Buffer) => {
    for (const request of reader.push(chunk)) {
      if (request.kind === 'unlink') {
        socket.write(encodeUnlinkReply(request.seqnum, pending.delete(request.target)));
      } else {
        pending.add(request.seqnum);
        onTransfer(makeTransfer(request));
      }
    }
  });
  socket.once('close', () => pending.clear());
}
