import { Service } from '@mediamtx-camera-service/testkit';
import { WebSocket } from 'ws';
import { startBareServer } from './lib/bare-server.mjs';
import { median, short } from './lib/numbers.mjs';
import { cpuSeconds } from './lib/processes.mjs';

export const title = 'Calls a second (ping)';

export async function run({ isQuick, use }) {
  const rounds = isQuick ? 3 : 7;
  const seconds = isQuick ? 1 : 2;
  const service = await use(Service.start({ args: ['--log-level', 'info'], mediamtx: 'managed' }));
  const bare = await use(startBareServer());
  const ours = { url: service.ready.ws_url, pid: service.pid };
  const floor = { url: bare.url, pid: bare.program.pid };
  const rows = [];
  for (const inFlight of [1, 80]) {
    const results = await alternate([ours, floor], { rounds, seconds, inFlight });
    const [own, beside] = results.map((list) => ({
      rate: median(list.map(({ rate }) => rate)),
      cpu: median(list.map(({ cpuMicros }) => cpuMicros)),
    }));
    const share = own.rate / beside.rate;
    rows.push({
      what: `\`ping\`, ${inFlight} in flight`,
      ours: `${short(own.rate)}/s, ${short(own.cpu)} µs of CPU each`,
      beside: `bare \`ws\` server ${short(beside.rate)}/s, ${short(beside.cpu)} µs: ${short(share * 100)} %`,
      goal: inFlight === 1 ? '≥ 70 % of the bare rate' : '≥ 70 % of the bare rate, ≥ 10,000/s',
      isMet: share >= 0.7 && (inFlight === 1 || own.rate >= 10_000),
    });
  }
  return {
    rows,
    notes: [
      `The same client process drives both in turn (A B A B, ${rounds} rounds of ${seconds} s, medians); it checks each reply's id and result.`,
    ],
  };
}

async function alternate(servers, options) {
  const results = servers.map(() => []);
  // The first round of each warms its code up and doesn't count.
  for (const { url } of servers) await drive(url, { ...options, seconds: 1 });
  for (let round = 0; round < options.rounds; round += 1) {
    for (const [index, { url, pid }] of servers.entries()) {
      const before = cpuSeconds(pid);
      const { calls, elapsed } = await drive(url, options);
      results[index].push({
        rate: calls / elapsed,
        cpuMicros: ((cpuSeconds(pid) - before) / calls) * 1e6,
      });
    }
  }
  return results;
}

/** Keeps so many calls in flight on one socket, for so long. */
async function drive(url, { inFlight, seconds }) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  let sent = 0;
  let calls = 0;
  const send = () => {
    sent += 1;
    socket.send(`{"jsonrpc":"2.0","id":${sent},"method":"ping"}`);
  };
  const startedAt = performance.now();
  const end = startedAt + seconds * 1000;
  await new Promise((resolve, reject) => {
    /** @param {Buffer} data */
    const takeReply = (data) => {
      const { id, result } = JSON.parse(data.toString());
      if (result !== 'pong' || id > sent) reject(new Error(`a wrong reply: ${data.toString()}`));
      calls += 1;
      if (performance.now() < end) send();
      else if (calls === sent) resolve();
    };
    socket.on('message', takeReply);
    socket.once('close', () => reject(new Error('the server closed the connection')));
    for (let index = 0; index < inFlight; index += 1) send();
  });
  const elapsed = (performance.now() - startedAt) / 1000;
  socket.removeAllListeners('close');
  socket.terminate();
  return { calls, elapsed };
}
