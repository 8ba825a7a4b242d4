import { Service, until } from '@mediamtx-camera-service/testkit';
import { WebSocket } from 'ws';
import { startBareServer } from './lib/bare-server.mjs';
import { pause, short } from './lib/numbers.mjs';
import { collectGarbage, inspectorUrlIn, memoryMb } from './lib/processes.mjs';
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
        ours: `${short(own)} kB`,
        beside: `bare \`ws\` server, no login: ${short(bare)} kB`,
        goal: '≤ 100 kB',
        isMet: own <= 100,
      },
    ],
    notes: ['Growth of the process (PSS) after a full garbage collection, with all connections held open.'],
  };
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

/** kB that each connection costs. */
async function memoryEach({ url, headers, count, pid, inspector }) {
  const settle = async () => {
    await pause(2_000);
    await collectGarbage(inspector);
    await pause(1_000);
    return memoryMb(pid);
  };
  // Code and buffers that the first connections bring are no cost of each.
  const first = await open(url, { headers, count: 20 });
  await settle();
  const before = await settle();
  const sockets = await open(url, { headers, count: count - first.length });
  const after = await settle();
  for (const socket of [...first, ...sockets]) socket.terminate();
  return ((after - before) * 1000) / sockets.length;
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
