import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { HttpDeps } from '../../src/http/app.ts';
import { HttpServer } from '../../src/http/server.ts';
import { bearer, Clock, cookieOf, createParts, viewer, type Parts } from './support.ts';

const running: HttpServer[] = [];
const clients: WebSocket[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

async function startServer(overrides: Partial<HttpDeps> & { clock?: Clock } = {}) {
  const parts = createParts(overrides);
  const server = new HttpServer(parts);
  running.push(server);
  await server.start();
  return { parts, server, url: `127.0.0.1:${server.port}` };
}

interface Options {
  headers?: Record<string, string>;
  protocols?: string[];
}

function open(url: string, { headers = {}, protocols = [] }: Options = {}): WebSocket {
  const client = new WebSocket(`ws://${url}/ws`, protocols, { headers });
  clients.push(client);
  return client;
}

/** The status and the body with which an upgrade is refused. */
async function refusal(url: string, options?: Options) {
  const client = open(url, options);
  // Ending a client that was refused makes it say that it was never open.
  client.on('error', () => undefined);
  const [, response] = await once(client, 'unexpected-response');
  let body = '';
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode as number, headers: response.headers, error: JSON.parse(body).error };
}

/** Resolves when what the RPC side was told fits. */
function rpcTold(parts: Parts, isEnough: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    parts.rpc.onChange = () => {
      if (isEnough()) resolve();
    };
    parts.rpc.onChange();
  });
}

/** The status line of a request whose path is sent exactly as given. */
async function rawStatus(port: number, path: string, host = 'localhost'): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text.slice(0, text.indexOf('\r\n'));
}

function upgradeText(path: string, host: string): string {
  const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  return `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n\r\n`;
}

describe('raw paths', () => {
  test.each(['/files/recordings/../../../etc/passwd', '/files/recordings/..', '/files/snapshots/./../x.jpg'])(
    '%s is 400',
    async (path) => {
      const { server } = await startServer();
      expect(await rawStatus(server.port!, path)).toContain(' 400 ');
    },
  );

  test('an empty Host is refused', async () => {
    const { server } = await startServer();
    expect(await rawStatus(server.port!, '/', '')).toMatch(/ 4(21|00) /);
  });
});

describe('WebSocket', () => {
  test('hands over messages, binary frames too, with host and address', async () => {
    const { parts, url } = await startServer();
    const client = open(url);
    await once(client, 'open');
    client.send('one');
    const [answer] = await once(client, 'message');
    expect(String(answer)).toBe('got one');
    client.send(Buffer.from('two'));
    await rpcTold(parts, () => parts.rpc.messages.length === 2);
    expect(parts.rpc.messages[1]).toEqual({ text: 'two', isBinary: true });
    expect(parts.rpc.connections[0]!.info).toEqual({
      remoteAddress: '127.0.0.1',
      host: '127.0.0.1',
      identity: undefined,
      subprotocol: '',
    });
    client.close();
    await rpcTold(parts, () => parts.rpc.closed === 1);
  });

  test('agrees on its own subprotocol alone', async () => {
    const { parts, url } = await startServer();
    const client = open(url, { protocols: ['other', 'camera-service.v1'] });
    await once(client, 'open');
    expect(client.protocol).toBe('camera-service.v1');
    expect(parts.rpc.connections[0]!.info.subprotocol).toBe('camera-service.v1');
  });

  test('a message of 2 MB closes it with 1009', async () => {
    const { parts, url } = await startServer();
    const client = open(url);
    await once(client, 'open');
    client.send('x'.repeat(2_000_000));
    const [code] = await once(client, 'close');
    expect(code).toBe(1009);
    await rpcTold(parts, () => parts.rpc.closed === 1);
    expect(parts.rpc.messages).toEqual([]);
  });

  test('a token on the upgrade logs in; a wrong one is 401', async () => {
    const { parts, url } = await startServer();
    await once(open(url, { headers: await bearer(parts) }), 'open');
    expect(parts.rpc.connections[0]!.info.identity).toMatchObject({
      user: 'olga',
      role: 'operator',
      method: 'jwt',
    });
    const { status, error } = await refusal(url, { headers: { authorization: 'Bearer nonsense' } });
    expect(status).toBe(401);
    expect(error.code).toBe(-32001);
  });

  test('the cookie logs in; one that has expired is let in without rights', async () => {
    const clock = new Clock();
    const { parts, url } = await startServer({ clock });
    const login = await fetch(`http://${url}/login?code=${parts.loginCodes.create(viewer)}`, {
      redirect: 'manual',
    });
    const headers = {
      cookie: cookieOf({ 'set-cookie': login.headers.get('set-cookie') }),
      origin: `http://${url}`,
    };
    await once(open(url, { headers }), 'open');
    expect(parts.rpc.connections[0]!.info.identity).toMatchObject({ user: 'vera', method: 'session' });
    clock.nowMs += 25 * 3600 * 1000;
    await once(open(url, { headers }), 'open');
    expect(parts.rpc.connections[1]!.info.identity).toBeUndefined();
  });

  test('pages of another origin are refused with 403, configured ones are not', async () => {
    const config = {
      host: '127.0.0.1',
      port: 0,
      allowed_hosts: [],
      allowed_origins: ['https://desk.example'],
    };
    const { url } = await startServer({ config });
    for (const origin of ['https://evil.example', 'http://127.0.0.1:1', 'null']) {
      expect((await refusal(url, { headers: { origin } })).status).toBe(403);
    }
    await once(open(url, { headers: { origin: 'https://desk.example' } }), 'open');
  });

  test('a foreign host name is refused with 421', async () => {
    const { url } = await startServer();
    expect((await refusal(url, { headers: { host: 'evil.example' } })).status).toBe(421);
  });

  test('one connection too many is refused with 503 and why', async () => {
    const { parts, url } = await startServer();
    parts.rpc.verdict = 'there are 2 connections already (server.max_connections)';
    const { status, headers, error } = await refusal(url);
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('5');
    expect(error.data.details).toContain('server.max_connections');
  });

  test('a plain GET is told to upgrade', async () => {
    const { url } = await startServer();
    expect((await fetch(`http://${url}/ws`)).status).toBe(426);
  });

  test('a peer that answers pings stays, a silent one is ended', async () => {
    const { url } = await startServer({ keepaliveTimes: { pingMs: 30, silentMs: 300 } });
    const live = open(url);
    const silent = new WebSocket(`ws://${url}/ws`, { autoPong: false });
    clients.push(silent);
    await Promise.all([once(live, 'open'), once(silent, 'open')]);
    const pings = once(live, 'ping');
    const [code] = await once(silent, 'close');
    expect(code).toBe(1006);
    await pings;
    expect(live.readyState).toBe(WebSocket.OPEN);
  });
});

describe('a refused upgrade', () => {
  test.each([
    ['/ws', 'evil.example', ' 421 '],
    ['/ws', 'localhost\r\nOrigin: https://evil.example', ' 403 '],
    ['/%zz', 'localhost', ' 400 '],
  ])('of %s with host %j does not keep its connection', async (path, host, status) => {
    const { server } = await startServer();
    const socket = connect(server.port!, '127.0.0.1');
    socket.write(upgradeText(path, host));
    let text = '';
    // Ends only when the server ends the connection.
    for await (const chunk of socket) text += String(chunk);
    expect(text.slice(0, text.indexOf('\r\n'))).toContain(status);
  });
});

describe('stop', () => {
  test('ends idle connections, open sockets and deaf ones', async () => {
    const { server, url } = await startServer();
    const client = open(url);
    await once(client, 'open');
    const deaf = connect(server.port!, '127.0.0.1');
    deaf.on('error', () => undefined);
    deaf.write(upgradeText('/ws', 'localhost'));
    await once(deaf, 'data');
    const idle = connect(server.port!, '127.0.0.1');
    await once(idle, 'connect');
    const closes = [once(client, 'close'), once(deaf, 'close'), once(idle, 'close')];
    idle.resume();
    await server.stop();
    const [[code]] = (await Promise.all(closes)) as [[number], unknown, unknown];
    expect(code).toBe(1001);
    expect(server.port).toBeUndefined();
    await server.stop();
  });
});

describe('a taken port', () => {
  test('is told with who holds it and which option changes it', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const config = { host: '127.0.0.1', port, allowed_hosts: [], allowed_origins: [] };
    const server = new HttpServer(createParts({ config }));
    const message = `port 127.0.0.1:${port} is in use by process ${process.pid} (`;
    await expect(server.start()).rejects.toThrow(message);
    await expect(server.start()).rejects.toThrow('choose another with --port or server.port');
    await server.stop();
    holder.close();
  });

  test('an address of another machine is told', async () => {
    const config = { host: '192.0.2.1', port: 0, allowed_hosts: [], allowed_origins: [] };
    const server = new HttpServer(createParts({ config }));
    await expect(server.start()).rejects.toThrow(
      '192.0.2.1 is no address of this machine: choose another with server.host',
    );
  });
});
