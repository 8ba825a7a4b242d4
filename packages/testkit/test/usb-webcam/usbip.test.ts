import { expect, test } from 'vitest';

import {
  encodeSubmitReply,
  encodeUnlinkReply,
  TRANSFER_STATUS,
  UsbIpReader,
  type SubmitRequest,
} from '../../src/usb-webcam/usbip.ts';

const getDevice = [0x80, 6, 0, 1, 0, 0, 18, 0];
const setControl = [0x21, 1, 0, 2, 0, 2, 2, 0];

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value, index * 4));
  return bytes;
}

function submit(seqnum: number, direction: number, length: number, setup: number[]): Buffer {
  return Buffer.concat([words(1, seqnum, 0x10001, direction, 0, 0, length, 0, 0, 0), Buffer.from(setup)]);
}

const conversation = Buffer.concat([
  submit(1, 1, 18, getDevice),
  Buffer.concat([submit(2, 0, 2, setControl), Buffer.from([0xec, 0xff])]),
  words(2, 3, 0x10001, 0, 0, 1, 0, 0, 0, 0, 0, 0),
]);

test.each([1, 7, 48, 49, 1000])('requests are found in chunks of %i bytes', (size) => {
  const reader = new UsbIpReader();
  const requests = [];
  for (let at = 0; at < conversation.length; at += size) {
    requests.push(...reader.push(conversation.subarray(at, at + size)));
  }
  expect(requests).toEqual([
    {
      ...{ kind: 'submit', seqnum: 1, isIn: true, endpoint: 0, length: 18 },
      setup: Buffer.from(getDevice),
      data: Buffer.alloc(0),
    },
    {
      ...{ kind: 'submit', seqnum: 2, isIn: false, endpoint: 0, length: 2 },
      setup: Buffer.from(setControl),
      data: Buffer.from([0xec, 0xff]),
    },
    { kind: 'unlink', seqnum: 3, target: 1 },
  ]);
});

test('a command that no host sends is refused', () => {
  expect(() => new UsbIpReader().push(words(9, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))).toThrow('USB/IP command 9');
});

const request = (isIn: boolean): SubmitRequest => ({
  ...{ kind: 'submit', seqnum: 7, endpoint: 1, isIn, length: 100 },
  setup: Buffer.alloc(8),
  data: Buffer.alloc(0),
});

test('the answer to an IN transfer carries its data and their length', () => {
  const reply = Buffer.concat(encodeSubmitReply(request(true), { status: 0, data: Buffer.from('frame') }));
  expect(reply).toEqual(Buffer.concat([words(3, 7, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0), Buffer.from('frame')]));
});

test('the answer to an OUT transfer says how much was taken, and a refusal that nothing was', () => {
  const done = encodeSubmitReply(request(false), { status: TRANSFER_STATUS.ok });
  expect(Buffer.concat(done)).toEqual(words(3, 7, 0, 0, 0, 0, 100, 0, 0, 0, 0, 0));
  const stalled = Buffer.concat(encodeSubmitReply(request(false), { status: TRANSFER_STATUS.stall }));
  expect([stalled.readInt32BE(20), stalled.readInt32BE(24)]).toEqual([-32, 0]);
});

test('more data than a transfer has room for are an error here, not in the kernel', () => {
  expect(() => encodeSubmitReply(request(true), { status: 0, data: Buffer.alloc(101) })).toThrow('101 bytes');
});

test('the answer to an unlink says whether the transfer was still under way', () => {
  expect(encodeUnlinkReply(8, true)).toEqual(words(4, 8, 0, 0, 0, 2 ** 32 - 104, 0, 0, 0, 0, 0, 0));
  expect(encodeUnlinkReply(8, false).readInt32BE(20)).toBe(0);
});
