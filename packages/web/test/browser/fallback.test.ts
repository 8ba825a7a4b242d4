import { Browser, Service } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { liveVideo, tileOf, untilText } from './camera-page.ts';
import { ageOf, numberIn, untilMoved } from './frame-number.ts';

test('without WebRTC the picture comes by LL-HLS, and the tile says why', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl, {
    initScript: () => Reflect.deleteProperty(globalThis, 'RTCPeerConnection'),
  });
  const { page } = tab;
  const video = await liveVideo(page);
  await untilMoved(video, 60);
  expect(ageOf(await numberIn(video))).toBeLessThan(30);
  const said = await untilText(tileOf(page), /1280×720/);
  expect(said).toContain('LL-HLS');
  expect(said).toContain('because this browser has no WebRTC');
  expect(tab.complaints).toEqual([]);
});
