import { join } from 'node:path';
import { Browser, freePort, Guest, until } from '@mediamtx-camera-service/testkit';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { tileOf } from '../browser/camera-page.ts';

const script = join(import.meta.dirname, 'guest/page-camera.mjs');
const camera = 'vivi1';
// Emulated: everything takes 5 to 20 times as long.
const patienceMs = 240_000;

test('a real camera is pulled and plugged in: the page says why at once, and shows its picture again by itself', async () => {
  const [http, commands] = [await freePort(), await freePort()];
  await using guest = await Guest.start({
    script,
    args: [String(http), String(commands)],
    ports: [http, commands],
    cameras: 1,
    timeoutS: 400,
  });
  const { loginPath } = await guest.finding<{ loginPath: string }>('ready', patienceMs);
  const tell = async (command: string): Promise<void> => {
    const { status } = await fetch(`http://127.0.0.1:${commands}/${command}`, { method: 'POST' });
    expect(status).toBe(204);
  };
  const { toldMs, backMs } = await watchThePull(`http://127.0.0.1:${http}${loginPath}`, tell);
  // For a person: on an emulated machine the times are no claim.
  console.info(`told ${toldMs} ms after the pull; moving ${backMs} ms after the plug`);
  await tell('end');
  await guest.end();
});

async function watchThePull(
  url: string,
  tell: (command: string) => Promise<void>,
): Promise<{ toldMs: number; backMs: number }> {
  await using browser = await Browser.start();
  await using tab = await browser.open(url, {
    // Only TCP ports lead into the guest, so the media comes as HLS.
    initScript: () => Reflect.deleteProperty(globalThis, 'RTCPeerConnection'),
  });
  const { page } = tab;
  // What hls.js asks for while the camera is away is answered with an error, which the browser writes down.
  tab.expectComplaint(/Failed to load resource: .*\/media\//);
  await page.evaluate(() => document.body.setAttribute('data-same-page', ''));
  await untilMoved(await liveVideo(page));

  const pulledMs = performance.now();
  await tell('unplug');
  await untilTile(page, 'the word that it is unplugged', saysUnplugged);
  const toldMs = Math.round(performance.now() - pulledMs);

  await tell('plug');
  const pluggedMs = performance.now();
  await untilMoved(await liveVideo(page));
  const backMs = Math.round(performance.now() - pluggedMs);
  await untilTile(page, 'no word of it any more', async (tile) => !(await saysUnplugged(tile)));
  expect(await page.locator('body[data-same-page]').count()).toBe(1);
  return { toldMs, backMs };
}

async function saysUnplugged(tile: Locator): Promise<boolean> {
  return /unplugged/i.test(await tile.innerText());
}

async function untilTile(
  page: Page,
  what: string,
  agrees: (tile: Locator) => Promise<boolean>,
): Promise<void> {
  await until(() => agrees(tileOf(page, camera)), { what, timeoutMs: patienceMs });
}

async function liveVideo(page: Page): Promise<Locator> {
  await untilTile(
    page,
    'the camera being live',
    async (tile) => (await tile.getAttribute('data-live')) !== null,
  );
  return tileOf(page, camera).locator('video');
}

/** The counter that the kernel's camera writes into each frame, as pixels. */
function readCounterPixels(element: Element): string | null {
  const video = element as HTMLVideoElement;
  if (video.videoWidth === 0) return null;
  const canvas = document.createElement('canvas');
  canvas.width = 160;
  canvas.height = 16;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(video, -16, -16);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return data.reduce(
    (bits, brightness, at) => (at % 4 === 0 ? bits + (brightness > 128 ? '1' : '0') : bits),
    '',
  );
}

/** Waits until the picture was seen with so many counters. */
async function untilMoved(video: Locator, counters = 4): Promise<void> {
  const seen = new Set<string>();
  await until(
    async () => {
      const pixels = await video.evaluate(readCounterPixels);
      if (pixels !== null) seen.add(pixels);
      return seen.size >= counters;
    },
    { what: 'the picture moving on', timeoutMs: patienceMs },
  );
}
