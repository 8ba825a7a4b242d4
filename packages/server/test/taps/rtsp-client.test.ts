import { once } from 'node:events';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { RtspClient } from '../../src/taps/rtsp-client.ts';
import { describeRtspFailure } from '../../src/taps/rtsp-errors.ts';

// Faults that a real media server can't be made to show on demand; its good answers are tested live.

test('a server that says nothing ends the session', async () => {
  await using server = await listen(() => {});
  const client = connect(server.port);
  await expect(client.describe()).rejects.toThrow('the media server did not answer OPTIONS');
  expect(describeRtspFailure(await client.closed)).toBe('the media server did not answer OPTIONS');
});

test('a server that speaks something else ends the session', async () => {
  await using server = await listen((socket) => socket.write('SSH-2.0-OpenSSH\r\n\r\n'));
  await expect(connect(server.port).describe()).rejects.toThrow('not an RTSP answer');
});

test('a server that hangs up ends the session', async () => {
  await using server = await listen((socket) => socket.destroy());
  const error: unknown = await connect(server.port)
    .describe()
    .catch((reason: unknown) => reason);
  expect(describeRtspFailure(error)).toBe('the media server closed the connection');
});

test('a port where nobody listens is told', async () => {
  const server = await listen(() => {});
  await server[Symbol.asyncDispose]();
  const error: unknown = await connect(server.port)
    .describe()
    .catch((reason: unknown) => reason);
  expect(describeRtspFailure(error)).toBe('the media server is not answering');
});

test('a stream that falls silent ends the session, and keepalives go out with the session id', async () => {
  const requests: string[] = [];
  await using server = await listen((socket) => {
    socket.on('data', (chunk) => {
      const request = chunk.toString();
      requests.push(request);
      socket.write(answer(request));
    });
  });
  const client = connect(server.port, { keepaliveMs: 20, silenceMs: 200 });
  await client.play(await client.describe());
  await expect
    .poll(() => requests.filter((request) => request.startsWith('GET_PARAMETER')).length)
    .toBeGreaterThan(1);
  expect(requests.at(-1)).toContain('Session: abc123\r\n');
  expect(requests.at(-1)).toContain(
    `Authorization: Basic ${Buffer.from('user:word').toString('base64')}\r\n`,
  );
  client.close();
  await expect.poll(() => requests.at(-1)).toContain('TEARDOWN');

  const silent = connect(server.port, { silenceMs: 50 });
  await silent.play(await silent.describe());
  expect(describeRtspFailure(await silent.closed)).toBe('the media server is silent');
});

function answer(request: string): string {
  const sequence = /CSeq: (\d+)/u.exec(request)?.[1] ?? '';
  const sdp = 'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=0\r\n';
  const body = request.startsWith('DESCRIBE') ? sdp : '';
  const headers = [
    'Public: DESCRIBE, GET_PARAMETER',
    'Session: abc123;timeout=60',
    `Content-Length: ${body.length}`,
  ];
  return `RTSP/1.0 200 OK\r\nCSeq: ${sequence}\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
}

function connect(port: number, options: { keepaliveMs?: number; silenceMs?: number } = {}): RtspClient {
  const target = { host: '127.0.0.1', port, path: 'cam', username: 'user', password: 'word' };
  return new RtspClient({ target, onPacket: () => {}, requestTimeoutMs: 300, ...options });
}

async function listen(onSocket: (socket: Socket) => void): Promise<AsyncDisposable & { port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    onSocket(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
