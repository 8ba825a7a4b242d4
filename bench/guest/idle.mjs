// Two services with nothing to do, one camera plugged in: one that looks for cameras, and one that does not. Prints what
// processor time each takes. Usage: node idle.mjs SECONDS
import { startService } from '../../packages/server/test/vm/guest/camera-service.mjs';
import { report, until } from '../../packages/server/test/vm/guest/steps.mjs';
import { pause } from '../lib/numbers.mjs';
import { childrenNamed, cpuShares, fineCpuSeconds } from '../lib/processes.mjs';
import { reportWork } from './steps.mjs';

const seconds = Number(process.argv[2]);
const start = (discovery) =>
  startService({
    testCameras: 0,
    args: ['--log-level', 'info'],
    env: { CAMERA_SERVICE_CAMERA_RESCAN_INTERVAL: '15', CAMERA_SERVICE_CAMERA_DISCOVERY: discovery },
  });

reportWork();
const [on, off] = [await start('true'), await start('false')];
try {
  await until('the camera', async () => (await on.call('get_camera_list')).connected === 1);
  await until('the first picture', () => childrenNamed(on.service.pid, 'ffmpeg').length === 0);
  const listed = (await off.call('get_camera_list')).connected;
  if (listed !== 0) throw new Error('without discovery there is a camera');
  await pause(20_000);
  report('idle', await cpuShares({ on: on.service.pid, off: off.service.pid }, seconds, fineCpuSeconds));
} finally {
  await on.service[Symbol.asyncDispose]();
  await off.service[Symbol.asyncDispose]();
}
reportWork();
