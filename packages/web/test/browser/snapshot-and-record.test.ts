import { Browser, Service, until } from '@mediamtx-camera-service/testkit';
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { button, clips, liveVideo, tileOf, untilText, untilVisible } from './camera-page.ts';
import { ageOf, fps, framesBetween, numberIn, readNumber, untilMoved } from './frame-number.ts';

test('a snapshot joins the strip and opens as the picture of now', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  await liveVideo(page);
  await button(page, 'Snapshot Test camera').click();

  await untilVisible(clips(page, 'Snapshot'));
  await untilText(
    page.getByRole('status', { name: 'Changes', exact: true }),
    /Snapshot of Test camera taken/,
  );
  await clips(page, 'Snapshot').click();
  const dialog = page.getByRole('dialog', { name: 'Snapshot, Test camera', exact: true });
  expect(ageOf(await numberIn(dialog.locator('img')))).toBeLessThan(30);
  await untilText(dialog, /1280×720/);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
});

test('a recording tells its time, joins the strip, plays without going back, seeks and downloads', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  await liveVideo(page);
  await button(page, 'Record Test camera').click();
  const stop = button(page, 'Stop recording Test camera');
  await untilText(stop, /0:0[89]|0:[1-9]\d/);
  await stop.click();

  await untilVisible(clips(page, 'Recording'));
  await untilVisible(button(page, 'Record Test camera'));
  await clips(page, 'Recording').click();
  const dialog = page.getByRole('dialog', { name: 'Recording, Test camera', exact: true });
  const video = dialog.locator('video');
  const played = await playedNumbers(video, 40);
  const steps = played.slice(1).map((number, index) => framesBetween(played[index]!, number));
  expect(Math.min(...steps)).toBeGreaterThanOrEqual(0);
  expect(framesBetween(played[0]!, played.at(-1)!)).toBeGreaterThanOrEqual(20);

  await expectSeekToMiddle(video);

  const link = dialog.getByRole('link', { name: 'Download', exact: true });
  const answer = await page.request.get(new URL((await link.getAttribute('href'))!, page.url()).href);
  expect(answer.status()).toBe(200);
  expect(answer.headers()['content-disposition']).toMatch(/^attachment; filename=".+\.mp4"$/);
  expect((await answer.body()).subarray(4, 8).toString('latin1')).toBe('ftyp');
});

test('a failure is told on its tile, with the remedy, and stays until it is dismissed', async () => {
  // More than any disk has.
  await using service = await Service.start({ env: { CAMERA_SERVICE_STORAGE_MIN_FREE: '900000000000000' } });
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  const video = await liveVideo(page);
  await button(page, 'Record Test camera').click();
  const alert = tileOf(page).getByRole('alert');
  const said = await untilText(alert, /The recording did not start\./);
  expect(said.length).toBeGreaterThan('The recording did not start.'.length + 20);

  await untilMoved(video, 60);
  expect(await alert.innerText()).toBe(said);
  await untilVisible(button(page, 'Record Test camera'));
  await button(alert, 'Dismiss').click();
  await until(async () => (await alert.innerText()) === '');
});

test('clips from elsewhere come by themselves, and the filters sort them', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  const client = await service.client('operator');
  await liveVideo(page);
  await client.call('take_snapshot', { device: 'camera0' });
  await untilVisible(clips(page, 'Snapshot'));
  await button(page, 'Recordings').click();
  await clips(page, 'Snapshot').waitFor({ state: 'hidden' });
  await button(page, 'All').click();
  await untilVisible(clips(page, 'Snapshot'));
});

/** The numbers of frames as they are presented. */
async function playedNumbers(video: Locator, count: number): Promise<number[]> {
  const numbers: number[] = [];
  await numberIn(video);
  const last = async (): Promise<boolean> => video.evaluate((element: HTMLVideoElement) => element.ended);
  while (numbers.length < count && !(await last())) numbers.push(await numberIn(video));
  return numbers;
}

async function expectSeekToMiddle(video: Locator): Promise<void> {
  const seek = async (part: number): Promise<{ number: number; at: number }> => {
    const at = await video.evaluate(async (element: HTMLVideoElement, share: number) => {
      element.pause();
      const seeked = new Promise((resolve) => element.addEventListener('seeked', resolve, { once: true }));
      element.currentTime = element.duration * share;
      await seeked;
      return element.currentTime;
    }, part);
    return { number: (await video.evaluate(readNumber)) ?? -1, at };
  };
  const start = await seek(0);
  const middle = await seek(0.5);
  expect(middle.at).toBeGreaterThan(2.5);
  const frames = framesBetween(start.number, middle.number);
  expect(Math.abs(frames - (middle.at - start.at) * fps)).toBeLessThanOrEqual(fps);
}
