import { once } from 'node:events';
import { connect } from 'node:net';
import { Service } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';

const forged = '[12:00:00.000] INFO: everything is well';
const hostile = `a\u001b[2J\u001b]0;title\u0007\u009b31m\b\r\n${forged}\u2028\u202e`;

/** Bytes as they are, and what comes of them to the end of the connection. */
async function send(port: number, bytes: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.end(bytes, 'latin1');
  socket.resume();
  await once(socket, 'close');
}

test.each(['pretty', 'json'])(
  'what a client sends never makes a line of its own in a %s log',
  async (format) => {
    await using service = await Service.start({
      args: ['--log-level', 'trace'],
      env: { CAMERA_SERVICE_LOGGING_FORMAT: format },
    });
    const port = Number(new URL(service.ready.http_url).port);
    {
      await using client = await service.rawClient('admin');
      await client.call(hostile, { device: hostile });
      await client.call('get_camera_status', { device: hostile });
      await client.call('authenticate', { auth_token: hostile });
      await client.call('login', { user: hostile, password: hostile });
      await client.call('create_user', {
        user: hostile,
        password: 'long enough for a password',
        role: 'viewer',
      });
      await client.call('set_camera', { device: 'camera0', name: hostile });
      await client.call('take_snapshot', { device: 'camera0', filename: hostile });
      await client.answer(`{"jsonrpc":"2.0","id":1,"method":"${hostile}`);
    }
    const head = `Host: localhost\r\nUser-Agent: x\x1b[2J\x9b31m\r\nX-API-Key: x\x1b[2J\r\nConnection: close`;
    await send(port, `GET /files/recordings/${encodeURIComponent(hostile)} HTTP/1.1\r\n${head}\r\n\r\n`);
    await send(port, `GET /%1b%5b2J%0d%0a${encodeURIComponent(forged)} HTTP/1.1\r\n${head}\r\n\r\n`);
    await send(port, `\x1b[2J / HTTP/1.1\r\n${head}\r\n\r\n`);
    expect(await service.stop()).toBe(0);
    const { log } = service;
    expect(log.length).toBeGreaterThan(500);
    expect(log).not.toMatch(/[^\P{Cc}\n]|[\u2028\u202e]/u);
    for (const line of log.split('\n')) expect(line).not.toMatch(/^\s*\[12:00:00\.000\]/);
    if (format === 'json') {
      for (const line of log.trim().split('\n'))
        expect(() => JSON.parse(line) as unknown, line).not.toThrow();
    }
  },
);
