import { Service, until } from '@mediamtx-camera-service/testkit';
import { untilWatched } from './bare-stream.mjs';
import { untilFreshFrame } from './fresh-frame.mjs';
import { pause } from './numbers.mjs';
import { childrenNamed } from './processes.mjs';
import { Viewer } from './viewer.mjs';

// A program of the service that has run for 10 s counts as healthy: then its next end is a first one.
const HEALTHY_MS = 10_000;

/**
 * Kills a program of the service, by its name, again and again while somebody watches; gives the ms until he has a new
 * frame, each. `meanwhile` runs between two kills, in the time that the service needs to count as healthy again.
 */
export async function killRepeatedly({ name, rounds, use, meanwhile }) {
  const service = await use(Service.start({ args: ['--log-level', 'info'], mediamtx: 'managed' }));
  const client = await service.client();
  await client.call('start_streaming', { device: 'camera0' });
  const { stream_url: url } = await client.call('get_stream_url', { device: 'camera0' });
  const viewer = await use(new Viewer(url));
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    await untilWatched(viewer);
    const healthyAt = performance.now() + HEALTHY_MS;
    await meanwhile?.();
    await pause(Math.max(0, healthyAt - performance.now()) + Math.random() * 1_000);
    times.push(await killOnce({ pid: await pidOf(service, name), viewer }));
  }
  return times;
}

/** Kills it while it is watched; the ms until the viewer has a new frame. */
export async function killOnce({ pid, viewer }) {
  viewer.forget();
  const killedMs = Date.now();
  process.kill(pid, 'SIGKILL');
  return await untilFreshFrame(viewer, killedMs);
}

/** The one program of that name that it has started. */
export async function pidOf({ pid }, name) {
  return await until(
    () => {
      const pids = childrenNamed(pid, name);
      return pids.length === 1 && pids[0];
    },
    { what: `one ${name}` },
  );
}
