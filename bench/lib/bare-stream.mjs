import { MediaMtx, TempDir, freePort, until } from '@mediamtx-camera-service/testkit';
import { scope } from './scope.mjs';
import { writePublisher } from './test-picture.mjs';
import { Viewer } from './viewer.mjs';

/**
 * A bare MediaMTX, a viewer who waits at it, and a program that publishes the service's test picture by the service's
 * ffmpeg command line. `config` makes the path's configuration of that program's file. The body gets `{server, viewer,
 * publisher}`.
 */
export async function withBareStream(config, body) {
  return await scope(async (use) => {
    const dir = await use(TempDir.create());
    const port = await freePort();
    const url = `rtsp://127.0.0.1:${port}/camera0`;
    const publisher = dir.join('publish.sh');
    await writePublisher(publisher, url);
    const paths = { camera0: config(publisher) };
    const server = await use(MediaMtx.start({ config: { rtspAddress: `127.0.0.1:${port}`, paths } }));
    const viewer = await use(new Viewer(url));
    return await body({ server, viewer, publisher });
  });
}

/** Waits until the viewer has the picture. */
export async function untilWatched(viewer) {
  viewer.forget();
  await until(() => viewer.keyframes.length > 2, { what: 'a picture at the viewer', timeoutMs: 60_000 });
}
