import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HttpServer } from '../../src/http/server.ts';
import { createParts, type Parts } from './support.ts';

let parts: Parts;
let server: HttpServer;

beforeEach(async () => {
  parts = createParts();
  server = new HttpServer(parts);
  await server.start();
});

afterEach(() => server.stop());

/** Everything that is answered to bytes as they are, up to the end of the connection. */
function answersTo(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(server.port!, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(text));
    socket.end(bytes);
  });
}

function statusesOf(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

const inner = 'POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8\r\n\r\nsmuggled';

describe('a message that could be cut in two ways is refused, and no second request comes of it', () => {
  test.each([
    [
      'Transfer-Encoding and Content-Length',
      `POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
    ],
    [
      'two lengths',
      `POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: 90\r\n\r\n${inner}`,
    ],
    [
      'one length with two values',
      `POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0, 90\r\n\r\n${inner}`,
    ],
    ['a signed length', `POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: +0\r\n\r\n${inner}`],
    [
      'an encoding that is not known',
      `POST /rpc HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n${inner}`,
    ],
    [
      'a blank before the colon',
      `POST /rpc HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${inner}`,
    ],
    [
      'a chunk size that is none',
      `POST /rpc HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n${inner}`,
    ],
    ['a NUL in a header', `GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-A: a\0b\r\n\r\n${inner}`],
    [
      'a bare CR in a header',
      `GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-A: a\rX-B: b\r\n\r\n${inner}`,
    ],
    ['a version that is none', `GET /health/live HTTP/9.9\r\nHost: localhost\r\n\r\n${inner}`],
  ])('%s', async (_what, bytes) => {
    const answers = await answersTo(bytes);
    expect(statusesOf(answers)).toEqual([400]);
    expect(parts.rpc.posts).toEqual([]);
  });
});

describe('a request line and a Host that could be read in two ways', () => {
  test('no Host at all is refused', async () => {
    expect(statusesOf(await answersTo('GET /health/live HTTP/1.1\r\n\r\n'))).toEqual([400]);
  });

  test('two Hosts are refused, whichever comes first', async () => {
    for (const hosts of ['Host: localhost\r\nHost: evil.example', 'Host: evil.example\r\nHost: localhost']) {
      const answers = await answersTo(`GET /health/live HTTP/1.1\r\n${hosts}\r\nConnection: close\r\n\r\n`);
      expect(statusesOf(answers)).toEqual([400]);
      expect(answers).toContain('ambiguous_host');
    }
  });

  test.each(['http://evil.example/', 'http://localhost/health/live', 'https://localhost/rpc'])(
    'the absolute URL %s is refused',
    async (url) => {
      const answers = await answersTo(`GET ${url} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      expect(statusesOf(answers)).toEqual([400]);
    },
  );

  test('CONNECT and methods that are not served get no tunnel', async () => {
    expect(await answersTo('CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n')).not.toContain(
      ' 200 ',
    );
    const trace = await answersTo('TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    expect(trace).not.toContain(' 200 ');
  });

  test('a header of a second line belongs to the first, and is no header of its own', async () => {
    const folded =
      'GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n Host: evil.example\r\nConnection: close\r\n\r\n';
    expect([200, 400]).toContain(statusesOf(await answersTo(folded))[0]);
  });
});

describe('what is too much', () => {
  test('headers of more than 16 KiB are 431', async () => {
    const answers = await answersTo(
      `GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ${'a'.repeat(17 * 1024)}\r\n\r\n`,
    );
    expect(statusesOf(answers)).toEqual([431]);
  });

  test.each(['gzip', 'br', 'deflate', 'x', 'identity, gzip'])(
    'a body in %s is 415, unread',
    async (encoding) => {
      const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
      const reply = await fetch(`http://127.0.0.1:${server.port}/rpc`, {
        method: 'POST',
        headers: { 'content-encoding': encoding },
        body: bomb,
      });
      expect(reply.status).toBe(415);
      expect(await reply.json()).toMatchObject({ error: { data: { reason: 'encoded_body' } } });
      expect(parts.rpc.posts).toEqual([]);
    },
  );
});

describe('X-Forwarded headers of whoever is no trusted proxy', () => {
  test('change neither address, nor host, nor scheme', async () => {
    const headers = {
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'for=192.0.2.1;host=evil.example;proto=https',
      'x-real-ip': '192.0.2.1',
    };
    const reply = await fetch(`http://127.0.0.1:${server.port}/rpc`, { method: 'POST', headers, body: '{}' });
    expect(reply.status).toBe(200);
    expect(parts.rpc.posts[0]!.info).toMatchObject({ remoteAddress: '127.0.0.1', host: '127.0.0.1' });
  });
});
