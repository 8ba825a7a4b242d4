import { Browser, Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { button, liveVideo, signInWithToken, tileOf, untilText, untilVisible } from './camera-page.ts';
import { historyRows, openPanel } from './camera-panel.ts';
import { ageOf, numberIn, untilMoved } from './frame-number.ts';

test('lent, the tile counts down; taken back, the picture returns by itself', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  await untilMoved(await liveVideo(page));
  const panel = await openPanel(page);
  await button(panel, 'Lend for 5 min').click();
  await untilText(tileOf(page), /Lent to another program\s+Back in 4:5\d/);
  await untilText(panel, /Back in 4:\d\d\./);
  await untilText(tileOf(page), /Back in 4:5[0-7]/);
  await button(page, 'Take back: Test camera').click();
  await untilMoved(await liveVideo(page));
  await until(async () => ageOf(await numberIn(await liveVideo(page))) < 5, { what: 'a picture of now' });
  expect(tab.complaints).toEqual([]);
});

test('the history has each change when it happens, the newest first, with its reason', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  const client = await service.client('operator');
  await liveVideo(page);
  const panel = await openPanel(page);
  await untilText(historyRows(panel).first(), /→ Live/);
  await client.call('release_camera', { device: 'camera0', seconds: 600 });
  await untilText(historyRows(panel).first(), /Live → Lent\s+Lent to another program until \d\d:\d\d:\d\d\./);
  await client.call('reclaim_camera', { device: 'camera0' });
  await untilText(historyRows(panel).first(), /→ Live/);
  const rows = await historyRows(panel).allInnerTexts();
  expect(rows.findIndex((row) => row.includes('→ Lent'))).toBeGreaterThan(0);
  expect(rows.at(-1)).toContain('Met for the first time');
});

test('an operator lends and takes back, and has no settings', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.httpUrl);
  const { page } = tab;
  await signInWithToken(page, await service.token('operator'));
  await liveVideo(page);
  const panel = await openPanel(page);
  expect(await panel.getByRole('tab', { name: 'Settings', exact: true }).count()).toBe(0);
  expect(await button(page, 'Rename Test camera').count()).toBe(0);
  await button(panel, 'Lend for 1 min').click();
  await untilVisible(button(panel, 'Take back'));
  await button(panel, 'Take back').click();
  await untilMoved(await liveVideo(page));
});
