import { Service, until } from '@mediamtx-camera-service/testkit';
import { measureInGuest, slownessNote } from './lib/guest.mjs';
import { pause, short } from './lib/numbers.mjs';
import { childrenNamed, cpuSharesInStretches } from './lib/processes.mjs';

export const title = 'The camera monitor with nothing to do: CPU';

// Each holds one re-scan.
const seconds = 15;

export async function run({ isQuick, use }) {
  const stretches = isQuick ? 2 : 4;
  const here = await measureHere(stretches, use);
  const { found, slowness } = await measureInGuest({
    script: 'idle.mjs',
    args: [2 * stretches, seconds],
    cameras: 1,
    timeoutS: 900,
  });
  const there = found.idle.shares;
  const scaled = there.map(({ on, off }) => ({ on: on / slowness.cpu, off: off / slowness.cpu }));
  return {
    rows: [
      {
        what: 'The monitor, no camera there, on this machine',
        ours: monitorOf(here),
        beside: besideOf(here),
        goal: '< 0.2 %',
        isMet: meanOf(here, difference) < 0.2,
      },
      {
        what: 'The monitor, one camera there, emulated',
        ours: `${monitorOf(there)}; scaled ${monitorOf(scaled)}`,
        beside: `${besideOf(there)}; scaled: ${besideOf(scaled)}`,
        goal: '< 0.2 %, scaled',
        isMet: meanOf(scaled, difference) < 0.2,
      },
    ],
    notes: [
      `CPU of the service’s own process, all threads, without MediaMTX, over ${stretches * seconds} s (emulated ${2 * stretches * seconds} s), told with the least and the most of a stretch of ${seconds} s; no client does anything and no picture is wanted. The monitor’s share is the difference of two services that run at the same time, of which one has \`camera.discovery\` off; in the emulated machine that one has a test camera instead, so that both have one. A share below the spread of the stretches is not told from none. The monitor asks each camera every 15 s whether it still answers.`,
      slownessNote(slowness),
    ],
  };
}

/** `0.02 % of a core (-0.01 to 0.05)` */
function monitorOf(shares) {
  const each = shares.map(difference);
  return `${short(meanOf(shares, difference))} % of a core (${short(Math.min(...each))} to ${short(Math.max(...each))})`;
}

function difference({ on, off }) {
  return on - off;
}

function meanOf(shares, valueOf) {
  return shares.reduce((sum, share) => sum + valueOf(share), 0) / shares.length;
}

function besideOf(shares) {
  const [on, off] = [meanOf(shares, (share) => share.on), meanOf(shares, (share) => share.off)];
  return `whole service with discovery ${short(on)} %, without ${short(off)} %`;
}

async function measureHere(stretches, use) {
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
  return await cpuSharesInStretches({ on: on.pid, off: off.pid }, { stretches, seconds });
}
