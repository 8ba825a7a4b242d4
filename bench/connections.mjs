import { Service, until } from '@mediamtx-camera-service/testkit';
import { WebSocket } from 'ws';
import { startBareServer } from './lib/bare-server.mjs';
import { pause, short } from './lib/numbers.mjs';
import { settledHeapMb, inspectorUrlIn, memoryMb } from './lib/processes.mjs';
import { scope } from './lib/scope.mjs';

export const title = 'Idle WebSocket connections';

const env = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

export async function run({ isQuick }) {
  const count = isQuick ? 300 : 1000;
  const own = await ofService(count);
  const bare = await ofBareServer(count);
  return {
    rows: [
      {
        what: `${count} idle connections, logged in, memory each`,
        ours: words(own),
        beside: `bare \`ws\` server, no login: ${words(bare)}`,
        goal: '≤ 100 kB',
        isMet: own.process <= 100,
      },
    ],
    notes: ['Growth of the process (PSS) after a full garbage collection, with all connections held open.'],
  };
}

function words({ process, heap }) {
  return `${short(process)} kB, of which JavaScript holds ${short(heap)} kB`;
}

async function ofService(count) {
  return await scope(async (use) => {
    const service = await use(Service.start({ args: ['--log-level', 'info'], mediamtx: 'managed', env }));
    const headers = { authorization: `Bearer ${await service.token('viewer')}` };
    const inspector = inspectorUrlIn(service.log);
    return await memoryEach({ url: service.ready.ws_url, headers, count, pid: service.pid, inspector });
  });
}

async function ofBareServer(count) {
  return await scope(async (use) => {
    const bare = await use(startBareServer(env));
    const inspector = await until(() => inspectorUrlIn(bare.program.stderr));
    return await memoryEach({ url: bare.url, headers: {}, count, pid: bare.program.pid, inspector });
  });
}

/** kB that each connection costs: in the process, and of that in the heap. */
async function memoryEach({ url, headers, count, pid, inspector }) {
  const settle = async () => {
    await pause(2_000);
    const heap = await settledHeapMb(inspector);
    await pause(1_000);
    return { process: memoryMb(pid), heap };
  };
  // Code and buffers that the first connections bring are no cost of each.
  const first = await open(url, { headers, count: 20 });
  await settle();
  const before = await settle();
  const sockets = await open(url, { headers, count: count - first.length });
  const after = await settle();
  for (const socket of [...first, ...sockets]) socket.terminate();
  const each = (name) => ((after[name] - before[name]) * 1000) / sockets.length;
  return { process: each('process'), heap: each('heap') };
}

async function open(url, { headers, count }) {
  const sockets = [];
  for (let index = 0; index < count; index += 1) {
    const socket = new WebSocket(url, { headers, perMessageDeflate: false });
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    sockets.push(socket);
  }
  return sockets;
}
