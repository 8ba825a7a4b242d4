import { Browser, Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { liveVideo, tileOf, untilText } from './camera-page.ts';
import { ageOf, framesBetween, numberIn, untilMoved } from './frame-number.ts';

test('the login link opens the page; the still is there at once, then the picture moves and is of now', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  expect(page.url()).toBe(`${service.httpUrl}/`);

  const still = tileOf(page).locator('img');
  expect(ageOf(await numberIn(still))).toBeLessThan(30);

  const video = await liveVideo(page);
  const first = await numberIn(video);
  await untilMoved(video);
  const second = await numberIn(video);
  expect(framesBetween(first, second)).toBeGreaterThanOrEqual(10);
  await until(async () => Math.abs(ageOf(await numberIn(video))) < 5, { what: 'a picture of now' });
  expect(tab.complaints).toEqual([]);
});

test('the still comes from the page’s head, before any script has run, and only once', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  await liveVideo(tab.page);
  const stills = await tab.page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter(({ name }) => name.includes('/still.jpg'))
      .map((entry) => (entry as PerformanceResourceTiming).initiatorType),
  );
  expect(stills).toEqual(['link']);
});

test('the tile says how the picture comes, and its size and rate as measured', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  await liveVideo(tab.page);
  const said = await untilText(tileOf(tab.page), /\d+ fps/);
  expect(said).toContain('Live');
  expect(said).toContain('WebRTC');
  expect(said).toContain('1280×720');
  expect(said).toMatch(/\d+(\.\d+)? [kM]bit\/s/);
});

test('each camera’s session is begun once, and leaving the page ends it', async () => {
  await using service = await Service.start({ testCameras: 2 });
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  const client = await service.client();
  await Promise.all(
    ['Test camera', 'Test camera 2'].map(async (name) => untilMoved(await liveVideo(page, name))),
  );
  const posts = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => new URL(name).pathname)
      .filter((path) => path.endsWith('/whep')),
  );
  expect(posts.sort()).toEqual(['/media/camera0/whep', '/media/camera1/whep']);

  const viewers = async (): Promise<number> =>
    (await client.call('get_stream_status', { device: 'camera0' })).mediamtx_path.readers;
  // The service counts viewers once in a while.
  await until(async () => (await viewers()) === 1, { what: 'one viewer' });
  await page.goto('about:blank');
  await until(async () => (await viewers()) === 0, { what: 'the session being ended' });
});

test('the session is begun without the page’s own script, and ended where that never comes for it', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(`${service.httpUrl}/`);
  const { page } = tab;
  tab.expectComplaint(/index-[^/]*\.js|Failed to load resource|preloaded using link preload but not used/);
  await page.route('**/assets/index-*.js', (route) => route.abort());
  const ended = page.waitForRequest((request) => request.method() === 'DELETE', { timeout: 30_000 });
  await page.goto(service.loginUrl);
  expect((await ended).url()).toContain('/media/camera0/whep/');
});
