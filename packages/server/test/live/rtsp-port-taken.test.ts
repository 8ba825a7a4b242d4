import { once } from 'node:events';
import { createServer } from 'node:net';
import { Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { findProcesses, hearRecordings, smallPicture } from './recorded.ts';

const device = 'camera0';

test('a port that somebody took while MediaMTX was down is named, and all comes back when it is free', async () => {
  await using service = await Service.start({ env: smallPicture, mediamtx: 'managed' });
  const client = await service.client();
  const heard = hearRecordings(client);
  await client.call('start_recording', { device });
  await until(() => heard.length > 0);
  const { hostname, port } = new URL(service.ready.rtsp_url);

  // The service is held still, or it would have MediaMTX back at once.
  process.kill(service.pid, 'SIGSTOP');
  process.kill(service.mediaMtxPid, 'SIGKILL');
  const thief = createServer();
  await until(async () => {
    thief.listen(Number(port), hostname);
    await once(thief, 'listening');
    return true;
  });
  process.kill(service.pid, 'SIGCONT');
  await until(async () => {
    const { components, problems } = await client.call('get_status');
    return (
      components.mediamtx === 'ERROR' &&
      problems.some(({ reason }) => reason.includes('address already in use'))
    );
  });

  thief.close();
  await until(async () => (await client.call('get_status')).status === 'HEALTHY', { timeoutMs: 30_000 });
  await until(async () => (await client.call('get_stream_status', { device })).ready);
  await client.call('stop_recording', { device });
  await expect(findProcesses(`${service.dataDir}/run/mediamtx.yml`)).resolves.toHaveLength(1);
});
