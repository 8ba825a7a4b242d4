import { Browser, Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { button, liveVideo, signInWithToken, tileOf, untilText, untilVisible } from './camera-page.ts';
import { openPanel, openTab } from './camera-panel.ts';
import { untilMoved } from './frame-number.ts';

test('renamed on the tile, a camera has its new name at once, on every page; Escape keeps the old one', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using first = await browser.open(service.loginUrl);
  await using second = await browser.open(service.httpUrl);
  await signInWithToken(second.page, await service.token('viewer'));
  await Promise.all([liveVideo(first.page), liveVideo(second.page)]);

  const { page } = first;
  const field = page.getByLabel('Name of the camera', { exact: true });
  await button(page, 'Rename Test camera').click();
  await field.fill('Not this');
  await page.keyboard.press('Escape');
  await field.waitFor({ state: 'hidden' });
  await button(page, 'Rename Test camera').click();
  await field.fill('Front door');
  await page.keyboard.press('Enter');
  await Promise.all([
    untilVisible(tileOf(page, 'Front door')),
    untilVisible(tileOf(second.page, 'Front door')),
  ]);
  await untilMoved(await liveVideo(second.page, 'Front door'));
  expect(await button(second.page, 'Rename Front door').count()).toBe(0);
});

test('an empty name is the device’s own again', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  const client = await service.client();
  await client.call('set_camera', { device: 'camera0', name: 'Front door' });
  const panel = await openPanel(page, 'Front door');
  await openTab(panel, 'Settings');
  const field = panel.getByRole('textbox', { name: 'Name', exact: true });
  await until(async () => (await field.inputValue()) === 'Front door');
  await field.fill('');
  await page.keyboard.press('Enter');
  await untilVisible(tileOf(page));
});

test('disabled, a camera looks so, and enabled its picture returns', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  await untilMoved(await liveVideo(page));
  const panel = await openPanel(page);
  await openTab(panel, 'Settings');
  const toggle = panel.getByRole('switch', { name: 'Enabled', exact: true });
  await toggle.click();
  await untilText(tileOf(page), /Disabled\s+The service leaves the device alone\./);
  await untilText(tileOf(page), /Picture from \d+ s ago/);
  await button(page, 'Enable: Test camera').click();
  await untilMoved(await liveVideo(page));
  await until(() => toggle.isChecked(), { what: 'the switch following' });
  expect(tab.complaints).toEqual([]);
});

test('with the mode off nothing is captured until it is switched on', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  const client = await service.client();
  await untilMoved(await liveVideo(page));
  const panel = await openPanel(page);
  await openTab(panel, 'Settings');
  await panel.getByRole('combobox', { name: 'Mode', exact: true }).selectOption('Never');
  await untilText(tileOf(page), /Switched off\s+Nothing is captured\./);
  const isCaptured = async (): Promise<boolean> =>
    (await client.call('get_stream_status', { device: 'camera0' })).ffmpeg_process.running;
  await until(async () => !(await isCaptured()), { what: 'the end of capture' });
  await button(page, 'Switch on: Test camera').click();
  await untilMoved(await liveVideo(page));
});

test('a wrong value is told at its field, in words, and a right one is saved', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  await liveVideo(page);
  const panel = await openPanel(page);
  await openTab(panel, 'Settings');
  const bitrate = panel.getByRole('textbox', { name: 'Bit rate at most', exact: true });
  await bitrate.fill('7');
  await page.keyboard.press('Enter');
  await untilText(panel, /Must be at least 64\./);
  expect(await bitrate.getAttribute('aria-invalid')).toBe('true');
  await bitrate.fill('1500');
  await page.keyboard.press('Enter');
  await untilText(panel, /Bit rate at most\s*Saved/);
  expect(await panel.innerText()).not.toContain('Must be');

  const client = await service.client();
  const { settings } = await client.call('set_camera', { device: 'camera0' });
  expect(settings.bitrate).toBe(1500);
  await untilMoved(await liveVideo(page));
});
