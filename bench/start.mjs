import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MediaMtx, Program, Service } from '@mediamtx-camera-service/testkit';
import { median, percentile, short, spread } from './lib/numbers.mjs';
import { scope } from './lib/scope.mjs';

export const title = 'Start';

export async function run({ isQuick }) {
  const rounds = isQuick ? 3 : 8;
  const times = { first: [], again: [], node: [], mediamtx: [] };
  for (let round = 0; round < rounds; round += 1) {
    await measureService(times);
    times.node.push(await timed(runNode));
    times.mediamtx.push(await timed(startMediaMtx));
  }
  const floors = `\`node -e 0\` ${short(median(times.node))} ms, MediaMTX to its API ${short(median(times.mediamtx))} ms`;
  const row = (what, list) => ({
    what,
    ours: spread(list),
    beside: floors,
    goal: '≤ 2 s',
    isMet: percentile(list, 0.95) <= 2_000,
  });
  return {
    rows: [
      row('Process start to ready file, fresh data directory', times.first),
      row('The same, with the data of an earlier run', times.again),
    ],
    notes: [
      `${rounds} rounds. Ready means: page, RPC, health and MediaMTX answer. MediaMTX's own time is asked for every 25 ms.`,
    ],
  };
}

async function measureService(times) {
  return await scope(async (use) => {
    let startedAt = Date.now();
    const service = await use(Service.start({ args: ['--log-level', 'info'], mediamtx: 'managed' }));
    const readyFile = join(dirname(service.dataDir), 'ready.json');
    times.first.push((await stat(readyFile)).mtimeMs - startedAt);
    await service.stop();
    startedAt = Date.now();
    await service.startAgain();
    times.again.push((await stat(readyFile)).mtimeMs - startedAt);
  });
}

async function runNode() {
  return await scope(async (use) => {
    const node = await use(Program.start({ command: process.execPath, args: ['-e', '0'] }));
    await node.exited;
  });
}

async function startMediaMtx() {
  const server = await MediaMtx.start();
  return () => server[Symbol.asyncDispose]();
}

/** How long it takes; what it returns is called afterwards. */
async function timed(action) {
  const startedAt = performance.now();
  const cleanUp = await action();
  const ms = performance.now() - startedAt;
  await cleanUp?.();
  return ms;
}
