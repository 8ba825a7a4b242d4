// The service in the guest for a browser on the host, which also says when the camera is pulled and plugged in.
// Usage: node page-camera.mjs HTTP_PORT COMMAND_PORT; commands: POST /unplug, /plug, /end.
import { once } from 'node:events';
import { createServer } from 'node:http';

import { startService } from '../../../../server/test/vm/guest/camera-service.mjs';
import { report, run, until } from '../../../../server/test/vm/guest/steps.mjs';

const [httpPort, commandPort] = process.argv.slice(2);
const CAMERA = '1';
const EVERYWHERE = '0.0.0.0';

const { service, call } = await startService({
  args: ['--port', httpPort],
  testCameras: 0,
  env: { CAMERA_SERVICE_SERVER_HOST: EVERYWHERE, CAMERA_SERVICE_MEDIAMTX_HOST: '127.0.0.1' },
});
const end = new AbortController();
const isToEnd = once(end.signal, 'abort');
const commands = {
  '/unplug': () => run('unplug', CAMERA),
  '/plug': () => run('plug', CAMERA),
  '/end': () => end.abort(),
};

async function obey(request, response) {
  try {
    await commands[request.url]();
    response.writeHead(204).end();
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}

try {
  const server = createServer((request, response) => void obey(request, response)).listen(
    Number(commandPort),
    EVERYWHERE,
  );
  await once(server, 'listening');
  await until('the camera', async () => (await call('get_camera_list')).connected > 0);
  report('ready', { loginPath: new URL(service.loginUrl).pathname + new URL(service.loginUrl).search });
  await isToEnd;
  server.close();
  report('ended', { code: await service.stop() });
} catch (error) {
  console.error(service.log);
  throw error;
} finally {
  await service[Symbol.asyncDispose]();
}
