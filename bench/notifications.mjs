import { Service, until } from '@mediamtx-camera-service/testkit';
import { pause, percentile, spread } from './lib/numbers.mjs';

export const title = 'Recording by command, and who hears of it';

export async function run({ isQuick, use }) {
  const count = isQuick ? 5 : 20;
  const service = await use(Service.start({ args: ['--log-level', 'info'], mediamtx: 'managed' }));
  const actor = await service.client();
  const listener = await service.client('viewer');
  const heard = [];
  listener.on('event', (event) => heard.push({ ...event, delayMs: Date.now() - Date.parse(event.time) }));
  const updates = [];
  listener.on('recording_status_update', ({ status }) => updates.push({ status, at: performance.now() }));
  await listener.subscribe(['*']);
  await actor.call('start_streaming', { device: 'camera0' });
  await until(async () => (await actor.call('get_stream_status', { device: 'camera0' })).ready);

  const times = { start: [], started: [], stop: [], afterReply: [] };
  for (let index = 0; index < count; index += 1) {
    await pause(Math.random() * 1_000);
    await recordOnce(actor, { updates, times });
  }
  const delays = heard.filter(({ topic }) => topic?.startsWith('recording.')).map(({ delayMs }) => delayMs);
  const pings = await timePings(actor, count);
  return { rows: rowsOf({ delays, pings, times }), notes: notesOf(count) };
}

function rowsOf({ delays, pings, times }) {
  const beside = `\`ping\` there and back ${spread(pings)}`;
  const row = (what, list, limitMs) => ({
    what,
    ours: spread(list),
    beside,
    goal: limitMs === undefined ? '–' : `p95 ≤ ${limitMs} ms`,
    ...(limitMs !== undefined && { isMet: percentile(list, 0.95) <= limitMs }),
  });
  return [
    row('A recording event at a second client, after the time that the event bears', delays, 20),
    row(
      '`recording_status_update` STOPPED at a second client, after the reply at the first',
      times.afterReply,
      20,
    ),
    row('`start_recording` acknowledged, camera live', times.start, 100),
    row(
      '`start_recording` to STARTED at a second client: the file and its first frame are there',
      times.started,
    ),
    row('`stop_recording` acknowledged, its file closed', times.stop, 100),
  ];
}

function notesOf(count) {
  return [
    `${count} recordings of a second each, begun at random moments between two keyframes.`,
    'An event bears the millisecond of its cause; one process receives both, so its clock is one.',
  ];
}

async function recordOnce(actor, { updates, times }) {
  updates.length = 0;
  let startedAt = performance.now();
  await actor.call('start_recording', { device: 'camera0' });
  const startReplyAt = performance.now();
  times.start.push(startReplyAt - startedAt);
  const askedAt = startedAt;
  const find = (status) => updates.find((update) => update.status === status);
  const started = await until(() => find('STARTED'), { what: 'STARTED', intervalMs: 5 });
  times.started.push(started.at - askedAt);
  await pause(1_000);
  startedAt = performance.now();
  await actor.call('stop_recording', { device: 'camera0' });
  const stopReplyAt = performance.now();
  times.stop.push(stopReplyAt - startedAt);
  const stopped = await until(() => find('STOPPED'), { what: 'STOPPED', intervalMs: 5 });
  times.afterReply.push(Math.max(0, stopped.at - stopReplyAt));
}

async function timePings(client, count) {
  const times = [];
  for (let index = 0; index < Math.max(count, 20); index += 1) {
    const startedAt = performance.now();
    await client.call('ping');
    times.push(performance.now() - startedAt);
  }
  return times;
}
