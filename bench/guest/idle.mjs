// Two services with nothing to do and one camera each: one that looks for cameras and has found the one that is plugged
// in, and one that does not and has a test camera. Prints what processor time each takes. Usage: node idle.mjs STRETCHES SECONDS
import { startService } from '../../packages/server/test/vm/guest/camera-service.mjs';
import { report, until } from '../../packages/server/test/vm/guest/steps.mjs';
import { pause } from '../lib/numbers.mjs';
import { childrenNamed, cpuSharesInStretches } from '../lib/processes.mjs';
import { reportWork } from './steps.mjs';

const [stretches, seconds] = process.argv.slice(2).map(Number);
const start = ({ discovery, testCameras }) =>
  startService({
    testCameras,
    args: ['--log-level', 'info'],
    env: { CAMERA_SERVICE_CAMERA_RESCAN_INTERVAL: '15', CAMERA_SERVICE_CAMERA_DISCOVERY: String(discovery) },
  });

reportWork();
const on = await start({ discovery: true, testCameras: 0 });
const off = await start({ discovery: false, testCameras: 1 });
try {
  for (const { service, call } of [on, off]) {
    await until('the camera', async () => (await call('get_camera_list')).connected === 1);
    await until('the first picture', () => childrenNamed(service.pid, 'ffmpeg').length === 0);
  }
  await pause(40_000);
  const shares = await cpuSharesInStretches(
    { on: on.service.pid, off: off.service.pid },
    { stretches, seconds },
  );
  report('idle', { shares });
} finally {
  await on.service[Symbol.asyncDispose]();
  await off.service[Symbol.asyncDispose]();
}
reportWork();
