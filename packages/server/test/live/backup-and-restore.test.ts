import { cpSync } from 'node:fs';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCli, Service, TempDir, type RawClient } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { planCalls } from '../../dist/backup/restore-plan.js';
import { commitRestore } from '../../dist/backup/stage-restore.js';
import { DataDir } from '../../dist/lifecycle/data-dir.js';

const device = 'camera0';
const env = { CAMERA_SERVICE_CAMERA_TEST_RESOLUTION: '320x180', CAMERA_SERVICE_CAMERA_TEST_FPS: '10' };

async function stateOf(client: RawClient): Promise<unknown[]> {
  return [
    await client.result('list_users'),
    await client.result('list_api_keys'),
    (await client.result('get_camera_status', { device }))['name'],
    ...(await Promise.all(
      ['list_recordings', 'list_snapshots'].map(async (method) =>
        // Links are signed for a time of their own.
        (await client.result<{ files: Record<string, unknown>[] }>(method)).files.map(
          ({ download_url: _url, ...file }) => file,
        ),
      ),
    )),
    (await client.result<{ config: { camera: object } }>('get_config')).config.camera,
  ];
}

test('what a backup of a running service holds is there in a fresh place', async () => {
  await using dir = await TempDir.create();
  const file = dir.join('b.tar.gz');
  let before: unknown[];
  let key: string;
  let token: string;
  {
    await using service = await Service.start({ env, dataDir: dir.join('first') });
    const admin = await service.rawClient('admin');
    await admin.result('create_user', { user: 'ada', password: 'correct horse battery', role: 'viewer' });
    ({ key } = await admin.result<{ key: string }>('create_api_key', { name: 'wall', role: 'viewer' }));
    await admin.result('set_camera', { device, name: 'Front door' });
    await admin.result('set_config', { changes: { 'camera.linger': 3 } });
    await admin.result('take_snapshot', { device });
    await admin.result('start_recording', { device });
    await admin.notified('recording_status_update', ({ status }) => status === 'STARTED');
    await admin.result('stop_recording', { device });
    const made = await runCli(['backup', '--data-dir', service.dataDir, '--to', file]);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toContain('1 users, 1 api keys');
    before = await stateOf(admin);
    token = await service.token('operator');
    // Not while it runs, and it says so.
    const refused = await runCli(['restore', file, '--data-dir', service.dataDir, '--force']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('in use by another instance') });
    expect(await stateOf(admin)).toEqual(before);
  }
  expect(await runCli(['restore', '--verify', file])).toMatchObject({ code: 0 });
  const second = dir.join('second');
  const restored = await runCli(['restore', file, '--data-dir', second]);
  expect(restored).toMatchObject({ code: 0, stderr: '' });
  expect(restored.stdout).toMatch(/1 recordings of the catalog are not on the disk/);
  for (const kind of ['recordings', 'snapshots'])
    cpSync(dir.join('first', kind), join(second, kind), { recursive: true });
  await using service = await Service.start({ env, dataDir: second });
  const admin = await service.rawClient('admin');
  expect(await stateOf(admin)).toEqual(before);
  const stranger = await service.rawClient();
  expect(await stranger.result('login', { user: 'ada', password: 'correct horse battery' })).toMatchObject({
    role: 'viewer',
  });
  expect(await stranger.result('authenticate', { token: key })).toMatchObject({ role: 'viewer' });
  // Signed by the secret that came with it.
  expect(await stranger.result('authenticate', { token })).toMatchObject({ role: 'operator' });
});

test('a damaged backup is refused, and the service goes on with what it has', async () => {
  await using dir = await TempDir.create();
  await using service = await Service.start({ env, dataDir: dir.join('data') });
  const file = dir.join('b.tar.gz');
  expect(await runCli(['backup', '--data-dir', service.dataDir, '--to', file])).toMatchObject({ code: 0 });
  const whole = await readFile(file);
  await service.stop();
  const names = await readdir(service.dataDir);
  await truncate(file, Math.floor(whole.length / 2));
  const restore = () => runCli(['restore', file, '--data-dir', service.dataDir, '--force']);
  expect(await restore()).toMatchObject({ code: 1, stderr: expect.stringContaining(file) });
  const changed = Buffer.from(whole);
  changed[Math.floor(whole.length / 2)]! ^= 0xff;
  await writeFile(file, changed);
  expect(await restore()).toMatchObject({ code: 1, stderr: expect.stringContaining(file) });
  expect(await readdir(service.dataDir)).toEqual(names);
  await service.startAgain();
});

test('a restore that was cut off is carried out by the next start', async () => {
  await using dir = await TempDir.create();
  await using service = await Service.start({ env, dataDir: dir.join('data') });
  const admin = await service.rawClient('admin');
  await admin.result('create_user', { user: 'ada', password: 'correct horse battery', role: 'viewer' });
  await admin.result('set_config', { changes: { 'camera.linger': 3 } });
  await runCli(['backup', '--data-dir', service.dataDir, '--to', dir.join('b.tar.gz')]);
  await admin.result('delete_user', { user: 'ada' });
  await admin.result('set_config', { changes: { 'camera.linger': 4 } });
  await service.stop();
  await cutOff(dir.join('b.tar.gz'), service.dataDir);
  await service.startAgain();
  const again = await service.rawClient('admin');
  expect((await again.result<{ users: { user: string }[] }>('list_users')).users).toMatchObject([
    { user: 'ada' },
  ]);
  expect(await again.result('get_config', { section: 'camera' })).toMatchObject({
    config: { camera: { linger: 3 } },
  });
  expect(await readdir(service.dataDir)).not.toContain('.restore');
});

/** Leaves the directory as a kill in the middle of a restore does: the first of its calls are done. */
async function cutOff(file: string, root: string): Promise<void> {
  const dataDir = DataDir.acquire(root);
  await commitRestore(root, file, { env: {} });
  const calls = planCalls(root);
  for (let call = 0; call < 3; call++) calls.next();
  dataDir.release();
}

async function filesOf(client: RawClient): Promise<unknown[]> {
  const lists = await Promise.all(
    ['list_recordings', 'list_snapshots'].map((method) =>
      client.result<{ files: { filename: string; file_size: number }[] }>(method),
    ),
  );
  return lists.flatMap(({ files }) => files.map(({ filename, file_size: size }) => [filename, size]));
}

test('a recording that ran during the backup is not written over after its restore, nor are snapshots of later lost', async () => {
  await using dir = await TempDir.create();
  const file = dir.join('b.tar.gz');
  await using service = await Service.start({ env, dataDir: dir.join('data') });
  let before: unknown[];
  {
    await using admin = await service.rawClient('admin');
    await admin.result('start_recording', { device });
    await admin.notified('recording_status_update', ({ status }) => status === 'STARTED');
    expect(await runCli(['backup', '--data-dir', service.dataDir, '--to', file])).toMatchObject({ code: 0 });
    await admin.result('take_snapshot', { device });
    await admin.result('stop_recording', { device });
    before = await filesOf(admin);
    expect(before).toHaveLength(2);
  }
  await service.stop();
  const restore = ['restore', file, '--data-dir', service.dataDir, '--force'];
  expect(await runCli(restore)).toMatchObject({ code: 0 });
  await service.startAgain();
  await using admin = await service.rawClient('admin');
  expect((await admin.call('stop_recording', { device })).error).toBeDefined();
  expect(await filesOf(admin)).toEqual(before);
});
