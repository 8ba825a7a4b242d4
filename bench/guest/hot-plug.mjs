// Plugs cameras in and out beside the real service, and beside a bare watcher, and prints how long it took to be told.
// The cameras take turns, since one that comes and goes too often is told as flapping. Usage: node hot-plug.mjs CAMERAS ROUNDS
import { fileURLToPath } from 'node:url';
import { once } from 'node:events';
import { Program } from '@mediamtx-camera-service/testkit';
import { WebSocket } from 'ws';
import { startService } from '../../packages/server/test/vm/guest/camera-service.mjs';
import { report, until } from '../../packages/server/test/vm/guest/steps.mjs';
import { childrenNamed } from '../lib/processes.mjs';
import { loadCameras, madeMs, reportWork, restAtRandom, takenMs, turn } from './steps.mjs';

const [cameras, rounds] = process.argv.slice(2).map(Number);
const numbers = Array.from({ length: cameras }, (_, index) => index + 1);

/** Plugs each camera in and out once. `watcher` tells when it was told of that, and when the camera may go again. */
async function turns(watcher) {
  const results = [];
  for (const number of numbers) {
    const there = watcher.awaitThere(number);
    await turn(number, 'bind');
    const told = await there;
    const bornMs = madeMs();
    await watcher.rest(told);
    const gone = watcher.awaitGone(number);
    await turn(number, 'unbind');
    const left = await gone;
    const goneMs = takenMs();
    results.push({ there: since(told, bornMs), gone: since(left, goneMs) });
    await restAtRandom(300);
  }
  return results;
}

/** Times of the day become times since the node's. */
function since({ atMs, eventMs, probedMs, ...rest }, nodeMs) {
  return {
    toldMs: atMs - nodeMs,
    ...(eventMs && { eventMs: eventMs - nodeMs }),
    ...(probedMs && { probeMs: probedMs - eventMs }),
    ...rest,
  };
}

async function measureBare(step) {
  const main = fileURLToPath(new URL('bare-watcher.mjs', import.meta.url));
  const program = Program.start({ command: process.execPath, args: [main] });
  const port = await until('the bare watcher', () => /port (\d+)/.exec(program.stdout)?.[1]);
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  const heard = [];
  /** @param {Buffer} data */
  const hear = (data) => heard.push({ atMs: Date.now(), ...JSON.parse(data.toString()) });
  socket.on('message', hear);
  await once(socket, 'open');
  const next = (what) => {
    const from = heard.length;
    return until(what, () => heard.slice(from).find((message) => message.what === what));
  };
  const watcher = {
    awaitThere: () => next('there'),
    awaitGone: () => next('gone'),
    rest: async (told) => {
      const { askMs } = await until('asked', () =>
        heard.slice(heard.indexOf(told)).find(({ what }) => what === 'asked'),
      );
      told.askMs = askMs;
      await restAtRandom(500);
    },
  };
  try {
    // The code is warm after these, as the service's is.
    await turns(watcher);
    const echoes = await timeEchoes(socket);
    report(step, { turns: await turns(watcher), echoes });
  } finally {
    // Told if this fails.
    console.error(program.stderr);
    socket.close();
    await program.stop();
  }
}

async function timeEchoes(socket) {
  const times = [];
  for (let index = 0; index < 40; index += 1) {
    const startedAt = performance.now();
    socket.send(JSON.stringify({ what: 'echo' }));
    await once(socket, 'message');
    times.push(performance.now() - startedAt);
  }
  return times.slice(10);
}

async function measureService() {
  const { service, call, told } = await startService({
    testCameras: 0,
    args: ['--log-level', 'info'],
    env: { CAMERA_SERVICE_CAMERA_RESCAN_INTERVAL: '15' },
  });
  const devices = new Map();
  const next = (status, number) => {
    const from = told.length;
    const fits = ({ name, params }) =>
      name === 'camera_status_update' &&
      params.status === status &&
      (!devices.has(number) || params.device === devices.get(number));
    return until(`camera ${number} ${status}`, () => told.slice(from).find(fits));
  };
  const watcher = {
    awaitThere: async (number) => {
      const { atMs, params } = await next('CONNECTED', number);
      devices.set(number, params.device);
      const { device } = params;
      // Told as connected, it must answer what it can do.
      const { formats } = await call('get_camera_capabilities', { device });
      return { atMs, device, formats: formats.length };
    },
    awaitGone: async (number) => {
      const { atMs } = await next('DISCONNECTED', number);
      return { atMs };
    },
    rest: async ({ device }) => {
      await until('the second look', async () => {
        const { validation_status: status } = await call('get_camera_capabilities', { device });
        return status === 'CONFIRMED';
      });
      // A new camera's first picture is taken; and a test of the encoder.
      await until('the device to be free', () => childrenNamed(service.pid, 'ffmpeg').length === 0);
      await restAtRandom(500);
    },
  };
  try {
    report('new', { turns: await turns(watcher) });
    const known = [];
    for (let round = 0; round < rounds; round += 1) known.push(...(await turns(watcher)));
    report('known', { turns: known });
  } finally {
    await service[Symbol.asyncDispose]();
  }
}

await loadCameras(cameras);
reportWork();
await measureBare('bare-before');
await measureService();
await measureBare('bare-after');
reportWork();
