import { Browser, freePort, Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { button, liveVideo, signIn, tileOf, untilText, untilVisible } from './camera-page.ts';
import { ageOf, numberIn, untilMoved } from './frame-number.ts';

const ann = { user: 'ann', password: 'two green kettles' };
const refusedSocket = /WebSocket connection to .* failed/;

test('MediaMTX killed: the picture moves again by itself, and the console stays clean', async () => {
  await using service = await Service.start({ mediamtx: 'managed' });
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  await untilMoved(await liveVideo(page));
  const before = service.mediaMtxPid;
  process.kill(before, 'SIGKILL');
  const killedAt = Date.now();
  const sinceKill = (): number => (Date.now() - killedAt) / 1000;
  // Such a one has come by the next MediaMTX; that the tile was without a picture meanwhile can be too short to see.
  await until(async () => ageOf(await numberIn(await liveVideo(page))) < Math.min(5, sinceKill()), {
    what: 'a picture from after the kill',
    timeoutMs: 30_000,
  });
  await untilMoved(await liveVideo(page));
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

test('a part that is opened while the service is away does not take the page with it, and comes when the service does', async () => {
  const port = await freePort();
  await using service = await Service.start({ args: ['--port', String(port)] });
  await (await service.client()).call('create_user', { ...ann, role: 'admin' });
  await using browser = await Browser.start();
  await using tab = await browser.open(service.httpUrl);
  const { page } = tab;
  await signIn(page, ann);
  await liveVideo(page);
  tab.expectComplaint(/ERR_(CONNECTION_REFUSED|EMPTY_RESPONSE)|WebSocket connection to .* failed/);
  await service.stop();
  await untilText(page.getByRole('status', { name: 'Connection', exact: true }), /Connection lost/);
  const alert = page.getByRole('alert').filter({ hasText: 'This comes by itself' });
  await button(page, 'Account: ann').click();
  await button(page, 'Sign out').click();
  await untilVisible(page.getByRole('alert').filter({ hasText: 'You are still signed in' }));
  await button(page, 'Change password').click();
  await untilVisible(alert);
  expect(await tileOf(page).isVisible()).toBe(true);
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  await untilVisible(alert);
  await service.startAgain();
  await untilVisible(page.getByRole('list', { name: 'People', exact: true }));
});
