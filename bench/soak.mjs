import { Service } from '@mediamtx-camera-service/testkit';
import { call, openCrowd } from './lib/crowd.mjs';
import { pause, short, spread } from './lib/numbers.mjs';
import { inspectorUrlIn, memoryMb, settledHeapMb } from './lib/processes.mjs';

export const title = 'A thousand connections for ten minutes';

const env = {
  NODE_OPTIONS: '--inspect=127.0.0.1:0',
  CAMERA_SERVICE_SERVER_MAX_CONNECTIONS: '1100',
  CAMERA_SERVICE_SERVER_MAX_CONNECTIONS_PER_ADDRESS: '1100',
};
const callsPerSecond = 10;
const methods = ['ping', 'get_camera_list', 'get_camera_status', 'get_system_status', 'list_recordings'];

export async function run({ isQuick, use }) {
  const minutes = isQuick ? 1 : 10;
  const count = isQuick ? 300 : 1000;
  const service = await use(Service.start({ args: ['--log-level', 'info'], mediamtx: 'managed', env }));
  const headers = { authorization: `Bearer ${await service.token('viewer')}` };
  const crowd = await use(openCrowd(service.ready.ws_url, { headers, count }));
  let closed = 0;
  for (const socket of crowd.sockets) socket.on('close', () => (closed += 1));
  const inspector = inspectorUrlIn(service.log);
  // Code is compiled and caches are filled before memory counts.
  await keepCalling(crowd.sockets, { seconds: 20 });
  const before = await memoryOf(service, inspector);
  const { times, errors } = await keepCalling(crowd.sockets, { seconds: minutes * 60 });
  const after = await memoryOf(service, inspector);
  const growth = (after.heap / before.heap - 1) * 100;
  return {
    rows: [
      {
        what: `${count} connections, ${callsPerSecond} calls a second in all, ${minutes} minutes: failed calls, lost connections`,
        ours: `${errors} of ${short(times.length + errors)} calls, ${closed} connections`,
        beside: '–',
        goal: '0 and 0',
        isMet: errors === 0 && closed === 0,
      },
      { what: 'Their times', ours: spread(times), beside: '–', goal: '–' },
      {
        what: 'Memory of JavaScript after a full collection, before and after',
        ours: `${short(before.heap)} MB, ${short(after.heap)} MB: ${growth < 0 ? '' : '+'}${short(growth)} %`,
        beside: `the process: ${short(before.process)} and ${short(after.process)} MB`,
        goal: 'flat: ≤ 5 % more',
        isMet: growth <= 5,
      },
    ],
    notes: [
      `The calls go to random connections, ${methods.map((name) => `\`${name}\``).join(', ')} in turn.`,
    ],
  };
}

async function memoryOf(service, inspector) {
  await pause(2_000);
  const heap = await settledHeapMb(inspector);
  return { heap, process: memoryMb(service.pid) };
}

async function keepCalling(sockets, { seconds }) {
  const times = [];
  let errors = 0;
  const pending = [];
  const startedAt = performance.now();
  for (let sent = 0; performance.now() - startedAt < seconds * 1000; sent += 1) {
    pending.push(
      callOne(sockets, sent).then(
        (ms) => times.push(ms),
        () => (errors += 1),
      ),
    );
    const nextAt = startedAt + ((sent + 1) * 1000) / callsPerSecond;
    await pause(Math.max(0, nextAt - performance.now()));
  }
  await Promise.all(pending);
  return { times, errors };
}

async function callOne(sockets, index) {
  const socket = sockets[Math.floor(Math.random() * sockets.length)];
  const method = methods[index % methods.length];
  const startedAt = performance.now();
  await call(socket, method, method === 'get_camera_status' ? { device: 'camera0' } : {});
  return performance.now() - startedAt;
}
