import { Browser, freePort, Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { liveVideo, untilText } from './camera-page.ts';
import { ageOf, numberIn, untilMoved } from './frame-number.ts';

const refusedSocket = /WebSocket connection to .* failed/;

test('MediaMTX killed: the picture moves again by itself, and the console stays clean', async () => {
  await using service = await Service.start({ mediamtx: 'managed' });
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  await untilMoved(await liveVideo(page));
  const before = service.mediaMtxPid;
  process.kill(before, 'SIGKILL');
  await page.locator('figure:not([data-live])').waitFor();
  await untilMoved(await liveVideo(page));
  await until(async () => ageOf(await numberIn(await liveVideo(page))) < 5, { what: 'a picture of now' });
  expect(tab.complaints).toEqual([]);
});

test('capture killed: the picture moves again by itself', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  const client = await service.client();
  await untilMoved(await liveVideo(page));
  const ffmpeg = async (): Promise<number | null> =>
    (await client.call('get_stream_status', { device: 'camera0' })).ffmpeg_process.pid;
  const before = await until(ffmpeg, { what: 'the capture' });
  process.kill(before, 'SIGKILL');
  await until(async () => ![null, before].includes(await ffmpeg()), { what: 'the next capture' });
  await until(async () => ageOf(await numberIn(await liveVideo(page))) < 5, {
    what: 'a picture of now',
    timeoutMs: 30_000,
  });
  await untilMoved(await liveVideo(page));
  expect(tab.complaints).toEqual([]);
});

test('the service started again: a quiet line, then the same session and a live picture, without a reload', async () => {
  const port = await freePort();
  await using service = await Service.start({ args: ['--port', String(port)] });
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  await untilMoved(await liveVideo(page));
  await page.evaluate(() => document.body.setAttribute('data-same-page', ''));
  tab.expectComplaint(refusedSocket);
  await service.stop();
  const line = page.getByRole('status', { name: 'Connection', exact: true });
  await untilText(line, /Connection lost/);
  await service.startAgain();
  await untilText(line, /^$/);
  await until(async () => ageOf(await numberIn(await liveVideo(page))) < 5, {
    what: 'a picture of now',
    timeoutMs: 45_000,
  });
  await untilMoved(await liveVideo(page));
  expect(await page.locator('body[data-same-page]').count()).toBe(1);
});
