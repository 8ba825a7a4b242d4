import { runCli, Service, type RawClient } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';

const device = 'camera0';

interface Addresses {
  rtsp: string;
  webrtc: string;
  hls: string;
}

async function addressesTold(client: RawClient): Promise<Addresses[]> {
  const list = await client.result<{ cameras: { streams: Addresses }[] }>('get_camera_list');
  const one = await client.result<{ streams: Addresses }>('get_stream_url', { device });
  return [list.cameras[0]!.streams, one.streams];
}

async function freshLink({ dataDir }: Service): Promise<string> {
  const { code, stdout, stderr } = await runCli(['link', '--data-dir', dataDir], process.env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

test('behind a proxy every HTTP address is told at the public one, and what is changed counts at once', async () => {
  await using service = await Service.start();
  await using client = await service.rawClient('admin');
  const set = (url: string | null) => client.result('set_config', { changes: { 'server.public_url': url } });
  const own = await addressesTold(client);
  expect(own[0]!.hls).toBe(`${service.httpUrl}/media/camera0/hls/index.m3u8`);
  expect(service.loginUrl).toContain(service.httpUrl);

  expect(await set('https://cameras.example:8443/')).toEqual({
    applied: ['server.public_url'],
    restart_needed: [],
  });
  const { rtsp } = own[0]!;
  const front = 'https://cameras.example:8443/media/camera0';
  const expected = { rtsp, webrtc: `${front}/whep`, hls: `${front}/hls/index.m3u8` };
  expect(await addressesTold(client)).toEqual([expected, expected]);
  const page = /^https:\/\/cameras\.example:8443\/login\?code=\S+\n$/;
  expect(await freshLink(service)).toMatch(page);
  const headers = { origin: 'https://cameras.example:8443', 'content-type': 'application/json' };
  const login = await fetch(`${service.httpUrl}/login`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ token: await service.token('viewer') }),
  });
  expect(login.status).toBe(200);
  expect(login.headers.get('set-cookie')).toContain('; Secure');

  // Also where it stands at the start.
  await service.stop();
  await service.startAgain();
  expect(`${service.loginUrl}\n`).toMatch(page);
  expect(await freshLink(service)).toMatch(page);
  await using again = await service.rawClient('admin');
  await again.result('set_config', { changes: { 'server.public_url': null } });
  expect((await addressesTold(again))[0]!.hls).toBe(`${service.httpUrl}/media/camera0/hls/index.m3u8`);
  expect(await freshLink(service)).toContain(`${service.httpUrl}/login?code=`);
});
