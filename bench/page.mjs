import { join } from 'node:path';
import { MediaMtx, Service, TempDir, freePort, until } from '@mediamtx-camera-service/testkit';
import { launchBrowser, visit } from './lib/browser.mjs';
import { median, pause, spread } from './lib/numbers.mjs';
import { writePublisher } from './lib/test-picture.mjs';

export const title = 'The page: from navigation to a picture (Chromium, 720p30)';

export async function run({ isQuick, use }) {
  const rounds = isQuick ? 6 : 20;
  const browser = await use(launchBrowser());
  const own = await measureService(browser, rounds, use);
  const rival = await measureMediaMtx(browser, rounds, use);
  const rows = [];
  for (const [kind, words] of [
    ['warm', 'camera live'],
    ['cold', 'on demand, camera idle'],
  ]) {
    const stills = own[kind].map(({ stillMs }) => stillMs);
    const frames = own[kind].map(({ frameMs }) => frameMs);
    rows.push({
      what: `First still, ${words}`,
      ours: spread(stills),
      beside: 'MediaMTX’s own page: none',
      goal: 'p50 ≤ 400 ms',
      isMet: median(stills) <= 400,
    });
    rows.push({
      what: `First moving frame, ${words}`,
      ours: spread(frames),
      beside: `MediaMTX’s own page: ${spread(rival[kind].map(({ frameMs }) => frameMs))}`,
      goal: 'p50 ≤ 1 s',
      isMet: median(frames) <= 1_000,
    });
  }
  return {
    rows,
    notes: [
      `${rounds} visits each in a browser that has been there before, at random moments between two keyframes. A still counts when its image is loaded, a moving frame when it is presented.`,
      'MediaMTX publishes the same picture by the same ffmpeg command line, on demand by its runOnDemand.',
    ],
  };
}

async function measureService(browser, rounds, use) {
  const service = await use(
    Service.start({
      args: ['--log-level', 'info'],
      mediamtx: 'managed',
      env: { CAMERA_SERVICE_CAMERA_LINGER: '1' },
    }),
  );
  const client = await service.client();
  const status = async () => (await client.call('get_stream_status', { device: 'camera0' })).status;
  await browser.page.goto(service.loginUrl);
  const url = `${service.httpUrl}/`;
  const isIdle = async () => (await status()) === 'INACTIVE';
  const untilIdle = () => until(isIdle, { what: 'the camera is idle', timeoutMs: 60_000 });
  const cold = await visits(browser.page, { url, rounds, between: untilIdle });
  await client.call('start_streaming', { device: 'camera0' });
  await until(async () => (await status()) === 'ACTIVE');
  const warm = await visits(browser.page, { url, rounds });
  await client.call('stop_streaming', { device: 'camera0' });
  return { warm, cold };
}

async function measureMediaMtx(browser, rounds, use) {
  const dir = await use(TempDir.create());
  const port = await freePort();
  const publisher = join(dir.path, 'publish.sh');
  const keeper = join(dir.path, 'keep.sh');
  await writePublisher(publisher, `rtsp://127.0.0.1:${port}/camera0`);
  await writePublisher(keeper, `rtsp://127.0.0.1:${port}/camera1`);
  const server = await use(
    MediaMtx.start({
      config: {
        rtspAddress: `127.0.0.1:${port}`,
        paths: {
          camera0: { runOnDemand: publisher, runOnDemandCloseAfter: '1s' },
          camera1: { runOnInit: keeper },
        },
      },
    }),
  );
  const isReady = async (path) =>
    (await (await fetch(`${server.apiUrl}/v3/paths/get/${path}`)).json()).ready === true;
  const page = (path) => `http://127.0.0.1:${server.ports.webrtc}/${path}/`;
  await until(() => isReady('camera1'));
  const warm = await visits(browser.page, { url: page('camera1'), rounds });
  const between = () => until(async () => !(await isReady('camera0')), { timeoutMs: 60_000 });
  const cold = await visits(browser.page, { url: page('camera0'), rounds, between });
  return { warm, cold };
}

/** The first visit fills the caches and doesn't count. */
async function visits(page, { url, rounds, between }) {
  const results = [];
  for (let round = 0; round <= rounds; round += 1) {
    await page.goto('about:blank');
    await between?.();
    await pause(500 + Math.random() * 1_000);
    const result = await visit(page, url);
    if (round > 0) results.push(result);
  }
  return results;
}
