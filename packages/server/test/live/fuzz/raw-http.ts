import { connect } from 'node:net';
import type { Service } from '@mediamtx-camera-service/testkit';
import type { Mutator } from '../../rpc/harness/mutation.ts';
import type { WaveOptions } from './frames.ts';

const verbs = [
  'GET',
  'POST',
  'HEAD',
  'OPTIONS',
  'DELETE',
  'PATCH',
  'PUT',
  'TRACE',
  'CONNECT',
  'get',
  'G\0T',
  '',
];
const paths = [
  ...['/', '/rpc', '/ws', '/login', '/login?code=x', '/logout', '/metrics', '/openrpc.json', '/api/cameras'],
  ...[
    '/health',
    '/health/ready',
    '/health/../rpc',
    '/media/camera0/still.jpg?width=16',
    '/media/camera99/still.jpg',
  ],
  ...[
    '/media/camera0/whep',
    '/media/camera0/whep/x',
    '/media/camera0/hls/index.m3u8',
    '/media/camera0/hls/../x',
  ],
  ...[
    '/files/recordings/a.mp4',
    '/files/snapshots/..%2f..%2fetc%2fpasswd',
    '/files/snapshots/a.jpg?sig=x&exp=1',
  ],
  ...['/assets/x.js', '//', '*', 'http://evil.example/', '/%00', '/%', '/\u00e9', '/a?b[c]=d&__proto__=1'],
];
const headers = [
  ...[
    'content-type: application/json',
    'content-type: ;',
    'content-type: application/sdp',
    'accept-encoding: *',
  ],
  ...['content-length: 5', 'content-length: -1', 'content-length: 99999999999', 'transfer-encoding: chunked'],
  ...[
    'range: bytes=5-1',
    'range: bytes=0-0,2-3,9-',
    'if-none-match: "x',
    'expect: 100-continue',
    'host: evil.example',
  ],
  ...[
    'upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
  ],
  ...[
    'upgrade: websocket\r\nconnection: upgrade',
    'upgrade: h2c',
    'origin: http://evil.example',
    'origin: null',
  ],
  ...[
    'cookie: camera_session=',
    'cookie: camera_session=a.b; camera_session=c',
    'cookie: =;;=',
    'x-api-key: csk_x',
  ],
  ...[
    'authorization: Bearer',
    'authorization: Bearer a.b.c',
    'authorization: Basic Og==',
    'x-forwarded-for: 1.2.3.4',
  ],
  ...[`x-long: ${'y'.repeat(20_000)}`, 'no colon', ': no name', 'x-null: \0', 'x-folded: a\r\n b'],
];
/** A client has to give a request up that the server goes on waiting for; the server itself waits for 30 s. */
const giveUpMs = 60;

/** Sends requests over bare connections, right ones and broken ones; any answer but 500 will do. */
export async function runRawHttp(
  service: Service,
  { credential, mutator, count }: WaveOptions,
): Promise<string[]> {
  const faults: string[] = [];
  for (let sent = 0; sent < count; sent++) {
    const login = Object.entries(credential()).map(([name, value]) => `${name}: ${value}`);
    const request = makeRequest(mutator, login);
    const answer = await exchange(service, request);
    if (isFault(answer)) faults.push(`${request.toString().slice(0, 300)} got ${answer.slice(0, 400)}`);
  }
  return faults;
}

function makeRequest(mutator: Mutator, login: string[]): Buffer {
  const body = mutator.chance(0.5) ? mutator.frame() : Buffer.alloc(0);
  const head = [
    `${mutator.pick(mutator.chance(0.5) ? verbs.slice(0, 2) : verbs)} ${makePath(mutator)} HTTP/1.${mutator.chance(0.95) ? 1 : 7}`,
    ...(mutator.chance(0.95) ? ['host: localhost'] : []),
    ...(mutator.chance(0.8) ? login : []),
    ...(body.length > 0 && mutator.chance(0.9) ? [`content-length: ${body.length}`] : []),
    ...Array.from({ length: mutator.below(3) }, () => mutator.pick(headers)),
  ];
  const whole = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
  if (mutator.chance(0.05)) return whole.subarray(0, mutator.below(whole.length));
  if (mutator.chance(0.1)) whole[mutator.below(whole.length)] = mutator.below(256);
  return whole;
}

function makePath(mutator: Mutator): string {
  const path = mutator.pick(paths);
  if (mutator.chance(0.8)) return path;
  const at = mutator.below(path.length);
  return (
    path.slice(0, at) +
    mutator.pick(['%2e%2e', '%', '/', '\\', '..', '?', '#', '\u202e', '%ff', 'a']) +
    path.slice(at)
  );
}

/** What comes back, as text; empty where nothing does. */
async function exchange(service: Service, request: Buffer): Promise<string> {
  const { hostname, port } = new URL(service.httpUrl);
  const socket = connect(Number(port), hostname);
  let answer = '';
  await new Promise<void>((resolve) => {
    socket.setTimeout(giveUpMs, resolve);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (isWhole(answer)) resolve();
    });
    socket.once('close', () => resolve());
    // A connection that the server ends while it is written to is one of the cases.
    socket.on('error', () => resolve());
    socket.write(request);
  });
  socket.destroy();
  return answer;
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /^content-length: (\d+)/im.exec(answer.slice(0, end))?.[1];
  return length === undefined ? answer.endsWith('0\r\n\r\n') : answer.length >= end + 4 + Number(length);
}

function isFault(answer: string): boolean {
  if (answer === '') return false;
  return !/^HTTP\/1\.1 (?!500)\d{3} /.test(answer) || answer.includes('"internal error: ');
}
