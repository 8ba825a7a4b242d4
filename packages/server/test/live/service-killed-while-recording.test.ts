import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { CameraServiceClient } from '@mediamtx-camera-service/client';
import { seeded, Service, TempDir, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import {
  decodeRecording,
  expectCatalogToAgree,
  findChildren,
  findGaps,
  fps,
  hearRecordings,
  listSegmentFiles,
  newestSegmentSeconds,
  recordingPath,
  smallPicture,
} from './recorded.ts';

const device = 'camera0';

test('nothing of it stays behind, and the next run goes on with the recording', async () => {
  await using service = await Service.start({ env: smallPicture });
  const first = await service.client();
  const { session_id: id, filename } = await recordFor(service, first, 2);
  await first.call('take_snapshot', { device });
  expect(findChildren(service)).not.toEqual([]);
  await service.kill();
  await until(() => findChildren(service).length === 0, { what: 'its children are gone' });

  await service.startAgain();
  const second = await service.client();
  expect(await second.call('get_camera_status', { device })).toMatchObject({
    recording: true,
    session_id: id,
    current_file: filename,
  });
  await expect(second.call('start_recording', { device })).rejects.toMatchObject({
    code: -32020,
    data: { session_id: id },
  });
  await until(
    async () => (await listSegmentFiles(service)).length === 2 && (await newestSegmentSeconds(service)) > 1,
  );
  const stopped = await second.call('stop_recording', { device });
  expect(stopped).toMatchObject({ session_id: id, filename });
  const { numbers, complaints } = await decodeRecording(recordingPath(service, device, filename));
  expect(complaints).toBe('');
  expect(findGaps(numbers)).toHaveLength(1);
  expect(Math.abs(numbers.length - stopped.duration * fps)).toBeLessThanOrEqual(2);
  await expectCatalogToAgree(service, second);
});

test('a program that was being started at the moment of the kill does not stay either', async () => {
  await using dir = await TempDir.create();
  // Holds a start just before the program asks to die with its parent, until that is dead.
  const script = `#!/bin/sh\nparent=$PPID\nwhile [ -e ${dir.join('hold')} ] && kill -0 $parent; do sleep 0.02; done\nexec /usr/bin/setpriv "$@"\n`;
  await writeFile(dir.join('setpriv'), script, { mode: 0o755 });
  await using service = await Service.start({
    mediamtx: 'managed',
    env: { ...smallPicture, PATH: `${dir.path}:${process.env['PATH']}` },
  });
  await writeFile(dir.join('hold'), '');
  process.kill(service.mediaMtxPid, 'SIGKILL');
  await until(() => findChildren(service).some(({ command }) => command.includes(dir.join('setpriv'))));
  await service.kill();
  await until(() => findChildren(service).length === 0, { what: 'its children are gone' });
});

test('where programs can not be made to end with their parent, the next start ends them', async () => {
  // Without setpriv on its PATH.
  await using service = await Service.start({ env: { ...smallPicture, PATH: '/nonexistent' } });
  const first = await service.client();
  await recordFor(service, first, 1);
  const left = findChildren(service);
  expect(left).not.toEqual([]);
  await service.kill();

  await service.startAgain();
  const present = findChildren(service).map(({ pid }) => pid);
  expect(left.filter(({ pid }) => present.includes(pid))).toEqual([]);
  const second = await service.client();
  await until(
    async () => (await listSegmentFiles(service)).length >= 2 && (await newestSegmentSeconds(service)) > 1,
  );
  const stopped = await second.call('stop_recording', { device });
  const { complaints } = await decodeRecording(recordingPath(service, device, stopped.filename));
  expect(complaints).toBe('');
  await expectCatalogToAgree(service, second);
});

test(
  'killed at any moment: files and catalog agree, and every recording plays',
  { timeout: 180_000 },
  async () => {
    const random = seeded(20_260_131);
    await using service = await Service.start({ env: smallPicture });
    const rounds: ((client: CameraServiceClient) => Promise<unknown>)[] = [
      (client) => client.call('start_recording', { device }),
      (client) => client.call('stop_recording', { device }),
      (client) => client.call('take_snapshot', { device }),
      async (client) => {
        await client.call('start_recording', { device });
        await client.call('stop_recording', { device });
      },
      (client) =>
        Promise.all([client.call('start_recording', { device }), client.call('take_snapshot', { device })]),
      (client) => client.call('stop_recording', { device }),
    ];
    for (const act of rounds) {
      const client = await service.client();
      const acting = act(client).catch(() => undefined);
      // The moment itself is what is tried.
      await delay(random() * 1_500);
      await service.kill();
      await client.stop();
      await acting;
      await until(() => findChildren(service).length === 0);
      await service.startAgain();
    }
    const client = await service.client();
    const { recording } = await client.call('get_camera_status', { device });
    // One that was begun in the last moment may not have a frame.
    if (recording)
      await client
        .call('stop_recording', { device })
        .catch((error: unknown) => expect(error).toMatchObject({ code: -32050 }));
    await until(async () => {
      await expectCatalogToAgree(service, client);
      return true;
    });
    const { files } = await client.call('list_recordings');
    for (const { filename, duration } of files) {
      const { numbers, complaints } = await decodeRecording(recordingPath(service, device, filename));
      expect({ filename, complaints }).toEqual({ filename, complaints: '' });
      expect(findGaps(numbers).filter(({ distance }) => distance < 1)).toEqual([]);
      expect(Math.abs(numbers.length - duration * fps)).toBeLessThanOrEqual(rounds.length);
    }
  },
);

async function recordFor(service: Service, client: CameraServiceClient, seconds: number) {
  const heard = hearRecordings(client);
  const started = await client.call('start_recording', { device });
  await until(() => heard.some(({ status }) => status === 'STARTED'));
  await until(async () => (await newestSegmentSeconds(service)) > seconds);
  return started;
}
