// Run by MediaMTX for its hooks: `node hook.js SOCKET HOOK PATH`. Ends within 3 s whatever happens, since MediaMTX
// waits for its hooks without limit when it stops.
import { request } from 'node:http';

const [socketPath, hook, path] = process.argv.slice(2);
if (socketPath && hook && path) {
  const call = request({
    socketPath,
    method: 'POST',
    path: `/${hook}/${encodeURIComponent(path)}`,
    timeout: 3_000,
  });
  call.on('response', (response) => response.resume());
  call.on('timeout', () => call.destroy());
  call.on('error', () => {
    process.exitCode = 1;
  });
  call.end();
} else {
  process.exitCode = 2;
}
