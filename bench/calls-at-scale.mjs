import { Service } from '@mediamtx-camera-service/testkit';
import { startBareServer } from './lib/bare-server.mjs';
import { call, openCrowd, openSocket } from './lib/crowd.mjs';
import { median, percentile, short } from './lib/numbers.mjs';
import { cpuSeconds } from './lib/processes.mjs';

export const title = 'get_camera_list by many at once';

const request = '{"jsonrpc":"2.0","id":1,"method":"get_camera_list"}';

export async function run({ isQuick, use }) {
  const rounds = isQuick ? 2 : 5;
  const service = await use(
    Service.start({
      args: ['--log-level', 'info'],
      mediamtx: 'managed',
      testCameras: 4,
      env: noAddressLimit,
    }),
  );
  const headers = { authorization: `Bearer ${await service.token('viewer')}` };
  const first = await openSocket(service.ready.ws_url, headers);
  const result = await call(first, 'get_camera_list');
  first.terminate();
  const bare = await use(startBareServer({ BARE_RESULT: JSON.stringify(result) }));
  const ours = { url: service.ready.ws_url, headers, pid: service.pid };
  const floor = { url: bare.url, headers: {}, pid: bare.program.pid };
  const rows = [];
  for (const connections of isQuick ? [1, 80] : [1, 80, 1000]) {
    const results = await alternate([ours, floor], { connections, rounds });
    const [own, beside] = results.map(summary);
    rows.push({
      what: `\`get_camera_list\`, ${connections} connection${connections === 1 ? '' : 's'}, each with one call at a time`,
      ours: words(own),
      beside: `bare \`ws\` server, the same bytes: ${words(beside)}: ${short((own.rate / beside.rate) * 100)} %`,
      goal: connections === 1 ? 'p95 ≤ 5 ms' : '–',
      ...(connections === 1 && { isMet: own.p95 <= 5 }),
    });
  }
  return {
    rows,
    notes: [
      `4 cameras, ${short(JSON.stringify(result).length)} bytes a reply. One client process for all connections, which shares the cores, drives both servers in turn (A B A B, ${rounds} rounds of 2 s, medians); the bare server sends the same text each time, the service makes it from what is true at that moment.`,
    ],
  };
}

const noAddressLimit = { CAMERA_SERVICE_SECURITY_ADDRESS_RATE_LIMIT_PER_MINUTE: '0' };

function words({ rate, p50, p95, cpu }) {
  return `${short(rate)}/s, ${short(cpu)} µs of CPU each, p50 ${short(p50)}, p95 ${short(p95)} ms`;
}

function summary(list) {
  const of = (name) => median(list.map((round) => round[name]));
  return { rate: of('rate'), p50: of('p50'), p95: of('p95'), cpu: of('cpu') };
}

async function alternate(servers, { connections, rounds }) {
  const results = servers.map(() => []);
  const crowds = [];
  for (const { url, headers } of servers) crowds.push(await openCrowd(url, { headers, count: connections }));
  for (const { sockets } of crowds) await drive(sockets, 1);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { pid }] of servers.entries()) {
      const before = cpuSeconds(pid);
      const { times, elapsed } = await drive(crowds[index].sockets, 2);
      results[index].push({
        rate: times.length / elapsed,
        p50: median(times),
        p95: percentile(times, 0.95),
        cpu: ((cpuSeconds(pid) - before) / times.length) * 1e6,
      });
    }
  }
  for (const crowd of crowds) await crowd[Symbol.asyncDispose]();
  return results;
}

/** Every socket keeps one call in flight for so long; the time of each in ms. */
async function drive(sockets, seconds) {
  const times = [];
  const startedAt = performance.now();
  const end = startedAt + seconds * 1000;
  await Promise.all(sockets.map((socket) => keepCalling(socket, { end, times })));
  return { times, elapsed: (performance.now() - startedAt) / 1000 };
}

function keepCalling(socket, { end, times }) {
  return new Promise((resolve, reject) => {
    let sentAt = 0;
    const send = () => {
      sentAt = performance.now();
      socket.send(request);
    };
    /** @param {Buffer} data */
    const take = (data) => {
      const now = performance.now();
      if (!data.includes('"result":{"cameras":[')) return fail(data.toString().slice(0, 200));
      times.push(now - sentAt);
      if (now < end) return send();
      socket.off('message', take);
      socket.off('close', fail);
      resolve();
    };
    const fail = (why) => reject(new Error(`a wrong reply, or none: ${why}`));
    socket.on('message', take);
    socket.once('close', fail);
    send();
  });
}
