import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { until } from '@mediamtx-camera-service/testkit';
import type { HttpDeps } from '../../src/http/app.ts';
import { HttpServer } from '../../src/http/server.ts';
import { openFileLimit, totalSockets } from '../../src/http/socket-limits.ts';
import { addressKey, addressMatcher } from '../../src/rpc/client-address.ts';
import { AddressBudgets } from '../../src/rpc/limits.ts';
import { Clock, createParts } from './support.ts';

const running: HttpServer[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

const config = { host: '127.0.0.1', port: 0, allowed_hosts: [], allowed_origins: [] };

async function start(overrides: Partial<HttpDeps> & { clock?: Clock } = {}) {
  const parts = createParts(overrides);
  const server = new HttpServer(parts);
  running.push(server);
  await server.start();
  return { parts, port: server.port!, url: `127.0.0.1:${server.port}` };
}

/** A connection that says nothing by itself, from any address of the loopback network. */
function open(port: number, localAddress = '127.0.0.1'): Socket {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

/** What was answered before the connection ended, in whatever way. */
function everything(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  return new Promise((resolve) => socket.once('close', () => resolve(text)));
}

async function isServed(url: string): Promise<boolean> {
  return (await fetch(`http://${url}/health/live`)).status === 200;
}

describe('the rate of one address', () => {
  test('holds for requests and upgrades together, and says when to come again', async () => {
    const clock = new Clock();
    const addressBudgets = new AddressBudgets(() => 60);
    const { url } = await start({ clock, addressBudgets });
    const statuses = [];
    for (let count = 0; count < 11; count++) statuses.push((await fetch(`http://${url}/`)).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
    const refused = await fetch(`http://${url}/health/live`);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({
      error: { code: -32040, data: { reason: 'too_many_calls', retry_after_ms: 1000 } },
    });
    const upgrade = new WebSocket(`ws://${url}/ws`);
    upgrade.on('error', () => undefined);
    const [, response] = await once(upgrade, 'unexpected-response');
    expect(response.statusCode).toBe(429);
    upgrade.terminate();
    clock.nowMs += 1000;
    expect(await isServed(url)).toBe(true);
  });

  test('is that of no other address, and follows the configuration', async () => {
    let perMinute = 6;
    const budgets = new AddressBudgets(() => perMinute);
    budgets.spend('192.0.2.1', 0);
    expect(() => budgets.spend('192.0.2.1', 0)).toThrow('rate limited');
    budgets.spend('192.0.2.2', 0);
    perMinute = 0;
    for (let count = 0; count < 100; count++) budgets.spend('192.0.2.1', 0);
  });

  test('is kept for ten thousand addresses at most', () => {
    const budgets = new AddressBudgets(() => 6);
    for (let index = 0; index < 30_000; index++) {
      budgets.spend(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, 0);
    }
    // The first was forgotten, the last was not.
    budgets.spend('10.0.0.0', 0);
    expect(() => budgets.spend('10.0.117.47', 0)).toThrow('rate limited');
  });

  test('counts an IPv6 network as one address, and IPv4 alike in both ways of writing', () => {
    expect(addressKey('2001:db8:1:2:aaaa::1')).toBe(addressKey('2001:DB8:1:2::2'));
    expect(addressKey('2001:db8:1:3::1')).not.toBe(addressKey('2001:db8:1:2::1'));
    expect(addressKey('::ffff:192.0.2.1')).toBe(addressKey('192.0.2.1'));
    expect(addressKey('::1')).toBe('0:0:0:0::/64');
    expect(addressKey('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
  });
});

describe('connections', () => {
  test('of one address are limited before a byte is read, and others are served', async () => {
    const { url, port } = await start({ config: { ...config, max_sockets_per_address: 3 } });
    const held = [1, 2, 3].map(() => open(port, '127.0.0.2'));
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    expect(await everything(open(port, '127.0.0.2'))).toBe('');
    expect(await isServed(url)).toBe(true);
    held[0]!.destroy();
    await until(async () => {
      const again = open(port, '127.0.0.2');
      again.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      return (await everything(again)).startsWith('HTTP/1.1 200');
    });
  });

  test('of a trusted proxy are those of many clients', async () => {
    const limited = { ...config, max_sockets_per_address: 1, trusted_proxies: ['127.0.0.0/30'] };
    const { url, port } = await start({ config: limited });
    const held = [1, 2, 3].map(() => open(port));
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    expect(await isServed(url)).toBe(true);
  });

  test('leave descriptors for files, for MediaMTX and for the service itself', () => {
    expect(totalSockets(1_024)).toBe(384);
    expect(totalSockets(20_000)).toBe(9_488);
    expect(openFileLimit()).toBeGreaterThan(readdirSync('/proc/self/fd').length);
  });
});

describe('slow clients', () => {
  const times = { headersMs: 200, requestMs: 400, idleMs: 60_000 };

  test.each([
    ['that says nothing', ''],
    ['whose headers never end', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: b'],
    ['whose body never comes', 'POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{'],
  ])('one %s is ended, while others are served', async (_what, text) => {
    const { url, port } = await start({ times });
    const socket = open(port, '127.0.0.2');
    socket.write(text);
    const ended = everything(socket);
    expect(await isServed(url)).toBe(true);
    expect(await ended).toMatch(/^$|^HTTP\/1\.1 408 /);
  });

  test('one that sends a byte now and then gains no time by it', async () => {
    const { port } = await start({ times });
    const socket = open(port, '127.0.0.2');
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ');
    const drip = setInterval(() => socket.write('a'), 20);
    expect(await everything(socket)).toMatch(/^$|^HTTP\/1\.1 408 /);
    clearInterval(drip);
  });
});

test('networks of proxies are matched in both families', () => {
  const isProxy = addressMatcher(['10.0.0.0/8', '192.0.2.7', 'fd00::/8']);
  for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', 'fd12::1']) {
    expect(isProxy(address)).toBe(true);
  }
  for (const address of ['11.0.0.1', '192.0.2.8', 'fe80::1', 'nonsense', '']) {
    expect(isProxy(address)).toBe(false);
  }
});
