import { Service } from '@mediamtx-camera-service/testkit';
import { startBareServer } from './lib/bare-server.mjs';
import { call, openCrowd, openSocket } from './lib/crowd.mjs';
import { pause, percentile, short, spread } from './lib/numbers.mjs';

export const title = 'One notification, a thousand subscribers';

const env = { CAMERA_SERVICE_SECURITY_ADDRESS_RATE_LIMIT_PER_MINUTE: '0' };

export async function run({ isQuick, use }) {
  const count = isQuick ? 200 : 1000;
  const rounds = isQuick ? 5 : 30;
  const service = await use(Service.start({ args: ['--log-level', 'info'], mediamtx: 'managed', env }));
  const headers = { authorization: `Bearer ${await service.token('admin')}` };
  const url = service.ready.ws_url;
  // One connection is kept for the one that causes it.
  const crowd = await use(openCrowd(url, { headers, count: count - 2 }));
  for (const socket of crowd.sockets)
    await call(socket, 'subscribe_events', { topics: ['camera_status_update'] });
  const actor = await openSocket(url, headers);
  const rename = (mark) => call(actor, 'set_camera', { device: 'camera0', name: mark });
  const ours = await measure({ sockets: crowd.sockets, cause: rename, rounds, name: 'a camera' });

  const slow = await openSocket(url, headers);
  await call(slow, 'subscribe_events', { topics: ['camera_status_update'] });
  stopReading(slow);
  const withSlow = await measure({ sockets: crowd.sockets, cause: rename, rounds, name: 'another' });
  slow.terminate();
  actor.terminate();

  const bare = await measureBare({ count: crowd.sockets.length, rounds, text: ours.text, use });
  return { rows: rowsOf({ ours, withSlow, bare, count: crowd.sockets.length }), notes: notesOf(rounds) };
}

function rowsOf({ ours, withSlow, bare, count }) {
  const beside = (name) => `bare \`ws\` server, the same bytes: ${spread(bare[name])}`;
  const harm = percentile(withSlow.last, 0.5) / percentile(ours.last, 0.5);
  return [
    {
      what: `At each of ${count} subscribers, after the call`,
      ours: spread(ours.each),
      beside: beside('each'),
      goal: '–',
    },
    {
      what: 'At the last of them',
      ours: spread(ours.last),
      beside: beside('last'),
      goal: 'p95 ≤ 250 ms',
      isMet: percentile(ours.last, 0.95) <= 250,
    },
    {
      what: 'At the last of them, while one more subscriber does not read at all',
      ours: `${spread(withSlow.last)}: ${short(harm * 100)} % of that without`,
      beside: beside('last'),
      goal: 'nobody waits: ≤ 125 % of that without',
      isMet: harm <= 1.25,
    },
  ];
}

function notesOf(rounds) {
  return [
    `${rounds} changes of a camera's name, each told as \`camera_status_update\`; from the sending of the call to its arrival in the client process, which holds all connections and shares the cores.`,
  ];
}

/** A socket whose peer takes nothing any more: what is sent to it stays with the sender. */
function stopReading(socket) {
  socket.pause();
}

async function measureBare({ count, rounds, text, use }) {
  const server = await use(startBareServer());
  const crowd = await use(openCrowd(server.url, { count }));
  const actor = await openSocket(server.url);
  const cause = (mark) =>
    call(actor, 'broadcast', { text: text.replace(/"name":"[^"]*"/, `"name":"${mark}"`) });
  const result = await measure({ sockets: crowd.sockets, cause, rounds, name: 'bare' });
  actor.terminate();
  return result;
}

/** Times in ms from the cause to each subscriber, and to the last of each round. */
async function measure({ sockets, cause, rounds, name }) {
  const times = { each: [], last: [], text: '' };
  for (let round = 0; round <= rounds; round += 1) {
    const mark = `${name} ${round}`;
    const told = Promise.all(sockets.map((socket) => arrival(socket, `"name":"${mark}"`)));
    const startedAt = performance.now();
    await cause(mark);
    const arrivals = await told;
    times.text = arrivals[0].text;
    // The first round warms up.
    if (round === 0) continue;
    const delays = arrivals.map(({ at }) => at - startedAt);
    times.each.push(...delays);
    times.last.push(Math.max(...delays));
    await pause(100);
  }
  return times;
}

function arrival(socket, mark) {
  return new Promise((resolve, reject) => {
    /** @param {Buffer} data */
    const take = (data) => {
      if (!data.includes(mark)) return;
      socket.off('message', take);
      socket.off('close', reject);
      resolve({ at: performance.now(), text: data.toString() });
    };
    socket.on('message', take);
    socket.once('close', reject);
  });
}
