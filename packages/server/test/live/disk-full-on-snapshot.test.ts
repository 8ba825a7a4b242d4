import { open, readdir, rm, stat } from 'node:fs/promises';
import { Service, Tmpfs, type RawClient } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';

const device = 'camera0';

test('a snapshot on a full disk is refused, leaves neither file nor row, and the next one after a clean-up works', async () => {
  await using disk = await Tmpfs.mount(3 * 1024 * 1024);
  await using service = await Service.start({ dataDir: disk.join('data') });
  await using client = await service.rawClient('admin');
  const first = await client.result<{ filename: string }>('take_snapshot', { device });

  const filler = disk.join('filler');
  const told = {
    reason: 'disk_full',
    available_space: expect.any(Number) as unknown,
    total_space: 3 * 1024 * 1024,
    threshold: 0,
  };
  await fill(filler);
  for (const params of [{ device }, { device, filename: 'mine' }, { device, format: 'png' }]) {
    expect((await client.call('take_snapshot', params)).error).toMatchObject({
      code: -32060,
      message: expect.stringMatching(/^insufficient storage: .*no space left/) as unknown,
      data: { ...told, suggestion: expect.stringContaining('Delete') as unknown },
    });
  }
  expect(await namesOnDisk(service)).toEqual([first.filename]);
  expect(await namesInList(client)).toEqual([first.filename]);
  expect((await client.call('start_recording', { device })).error).toMatchObject({
    code: -32060,
    data: told,
  });
  // Reading goes on.
  expect(await client.result('get_camera_status', { device })).toMatchObject({ status: 'CONNECTED' });

  await rm(filler);
  const mine = await client.result<{ filename: string; file_size: number; file_path: string }>(
    'take_snapshot',
    { device, filename: 'mine' },
  );
  expect((await stat(mine.file_path)).size).toBe(mine.file_size);
  expect(await namesInList(client)).toEqual([mine.filename, first.filename]);
});

test('a recording is refused where less is free than must stay free, and is told how much that is', async () => {
  await using disk = await Tmpfs.mount(3 * 1024 * 1024);
  await using service = await Service.start({
    dataDir: disk.join('data'),
    env: { CAMERA_SERVICE_STORAGE_MIN_FREE: '10' },
  });
  await using client = await service.rawClient('operator');
  const { error } = await client.call('start_recording', { device });
  expect(error).toMatchObject({
    code: -32060,
    data: { reason: 'low_space', total_space: 3 * 1024 * 1024, threshold: 10_000_000 },
  });
  expect(error!.data['available_space']).toBeLessThan(3 * 1024 * 1024);
  expect(await client.result('get_camera_status', { device })).toMatchObject({
    recording: false,
    session_id: null,
  });
  expect((await client.call('stop_recording', { device })).error?.code).toBe(-32020);
});

/** Writes until nothing more goes. */
async function fill(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const size of [65_536, 4_096, 1]) {
      while (await file.write(Buffer.alloc(size)).then(({ bytesWritten }) => bytesWritten === size, isFull));
    }
  } finally {
    await file.close();
  }
}

function isFull(error: NodeJS.ErrnoException): false {
  if (error.code !== 'ENOSPC') throw error;
  return false;
}

async function namesOnDisk({ dataDir }: Service): Promise<string[]> {
  return (await readdir(`${dataDir}/snapshots`, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

async function namesInList(client: RawClient): Promise<string[]> {
  const { files } = await client.result<{ files: { filename: string }[] }>('list_snapshots');
  return files.map(({ filename }) => filename);
}
