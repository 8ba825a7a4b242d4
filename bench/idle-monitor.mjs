import { Service, until } from '@mediamtx-camera-service/testkit';
import { measureInGuest, slownessNote } from './lib/guest.mjs';
import { pause, short } from './lib/numbers.mjs';
import { childrenNamed, cpuShares, fineCpuSeconds } from './lib/processes.mjs';

export const title = 'The camera monitor with nothing to do: CPU';

export async function run({ isQuick, use }) {
  const seconds = isQuick ? 15 : 60;
  const here = await measureHere(seconds, use);
  const { found, slowness } = await measureInGuest({
    script: 'idle.mjs',
    args: [seconds],
    cameras: 1,
    timeoutS: 900,
  });
  const there = found.idle;
  const scaled = (share) => share / slowness.cpu;
  return {
    rows: [
      {
        what: 'The monitor, no camera there, on this machine',
        ours: `${short(here.on - here.off)} % of a core`,
        beside: besideOf(here),
        goal: '< 0.2 %',
        isMet: here.on - here.off < 0.2,
      },
      {
        what: 'The monitor, one camera there, emulated',
        ours: `${short(there.on - there.off)} % of a core; scaled ${short(scaled(there.on - there.off))} %`,
        beside: `${besideOf(there)}; scaled ${short(scaled(there.on))} % and ${short(scaled(there.off))} %`,
        goal: '< 0.2 %, scaled',
        isMet: scaled(there.on - there.off) < 0.2,
      },
    ],
    notes: [
      `CPU of the service’s own process over ${seconds} s, all threads, without MediaMTX; no client does anything and no picture is wanted. The monitor’s share is the difference of two services that run at the same time, of which one has \`camera.discovery\` off; in the emulated machine that one has a test camera instead, so that both have one. It asks each camera every 15 s whether it still answers.`,
      slownessNote(slowness),
    ],
  };
}

function besideOf({ on, off }) {
  return `whole service with discovery ${short(on)} %, without ${short(off)} %`;
}

async function measureHere(seconds, use) {
  const start = (discovery) =>
    use(
      Service.start({
        args: ['--log-level', 'info'],
        testCameras: 0,
        mediamtx: 'managed',
        env: { CAMERA_SERVICE_CAMERA_DISCOVERY: String(discovery) },
      }),
    );
  const [on, off] = [await start(true), await start(false)];
  const isQuiet = () => [on, off].every(({ pid }) => childrenNamed(pid, 'ffmpeg').length === 0);
  await until(isQuiet, { what: 'both services are at rest', timeoutMs: 60_000 });
  await pause(10_000);
  return await cpuShares({ on: on.pid, off: off.pid }, seconds, fineCpuSeconds);
}
