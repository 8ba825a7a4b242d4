import { expect, test } from 'vitest';
import { RtspFramer } from '../../src/taps/rtsp-framer.ts';

const answer =
  'RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Type: application/sdp\r\nContent-Length: 10\r\n\r\nv=0\r\n$\0\0\0x';
const packets = [
  interleave(0, Buffer.from('first')),
  interleave(1, Buffer.alloc(0)),
  interleave(0, Buffer.alloc(3000, 0x24)),
];
const stream = Buffer.concat([
  Buffer.from(answer),
  ...packets,
  Buffer.from('RTSP/1.0 404 Not Found\r\ncseq:3\r\n\r\n'),
]);

test.each([1, 2, 3, 7, 64, 1000, stream.length])(
  'chunks of %i bytes give the same messages and packets',
  (size) => {
    const { framer, seen } = create();
    for (let at = 0; at < stream.length; at += size) framer.push(stream.subarray(at, at + size));
    expect(seen).toEqual([
      { startLine: 'RTSP/1.0 200 OK', cseq: '2', body: 'v=0\r\n$\0\0\0x' },
      { channel: 0, payload: 'first' },
      { channel: 1, payload: '' },
      { channel: 0, payload: '$'.repeat(3000) },
      { startLine: 'RTSP/1.0 404 Not Found', cseq: '3', body: '' },
    ]);
  },
);

test.each([
  ['another protocol', 'HTTP/1.1 200 OK\r\n\r\n'],
  ['a negative length', 'RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n'],
  ['an endless head', `RTSP/1.0 200 OK\r\n${'x'.repeat(70_000)}`],
])('%s is refused', (_name, text) => {
  expect(() => create().framer.push(Buffer.from(text))).toThrow(/RTSP/u);
});

function create(): { framer: RtspFramer; seen: object[] } {
  const seen: object[] = [];
  const framer = new RtspFramer({
    onPacket: (channel, payload) => seen.push({ channel, payload: payload.toString('latin1') }),
    onMessage: ({ startLine, headers, body }) =>
      seen.push({ startLine, cseq: headers.get('cseq'), body: body.toString('latin1') }),
  });
  return { framer, seen };
}

function interleave(channel: number, payload: Buffer): Buffer {
  const head = Buffer.from([0x24, channel, 0, 0]);
  head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}
