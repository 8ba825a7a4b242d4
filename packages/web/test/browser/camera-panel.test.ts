import { Browser, Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { button, liveVideo, signInWithToken, tileOf, untilText, untilVisible } from './camera-page.ts';
import { openPanel, openTab, panelOf } from './camera-panel.ts';
import { contrastsOf, isReadable } from './contrast.ts';
import { untilMoved } from './frame-number.ts';

test('the panel says what is measured, and a camera without picture controls that it has none', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  await liveVideo(page);
  const panel = await openPanel(page);
  await untilText(panel, /Live since \d\d:\d\d:\d\d/);
  await untilText(panel, /Measured\s+\d+\.\d fps, [\d.]+ [kM]bit\/s/);
  await untilText(panel, /Captured as\s+(\w+ )?1280×720, 30 fps/);
  await untilText(panel, /Viewers\s+1/);
  await openTab(panel, 'Picture');
  await untilVisible(panel.getByText(/This camera has no picture controls\./));
  expect(tab.complaints).toEqual([]);
});

test('the keys: D opens it, arrows choose the section, Escape closes it and gives the focus back', async () => {
  await using service = await Service.start({ testCameras: 2 });
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  await liveVideo(page, 'Test camera 2');
  await page.keyboard.press('2');
  await page.keyboard.press('d');
  const panel = await panelOf(page);
  expect(new URL(page.url()).hash).toBe('#camera1');
  await untilText(panel, /^Test camera 2/);
  await panel.getByRole('tab', { name: 'Status', exact: true }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await untilVisible(panel.getByRole('textbox', { name: 'Name', exact: true }));
  // The keys of the page are the panel's while it is open.
  for (let step = 0; step < 30; step += 1) {
    await page.keyboard.press('Tab');
    expect(await panel.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  }
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'hidden' });
  const tile = tileOf(page, 'Test camera 2');
  await until(() => tile.evaluate((element) => element === document.activeElement), {
    what: 'the focus on the tile',
  });
  expect(new URL(page.url()).hash).toBe('');
});

test('it can be linked to, and Back closes it', async () => {
  await using service = await Service.start({ testCameras: 2 });
  await using browser = await Browser.start();
  await using tab = await browser.open(`${service.httpUrl}/#camera1`);
  const { page } = tab;
  await signInWithToken(page, await service.token('admin'));
  const panel = await panelOf(page);
  await untilText(panel, /^Test camera 2/);
  await button(panel, 'Close details').click();
  await panel.waitFor({ state: 'hidden' });
  await openPanel(page);
  await page.goBack();
  await panel.waitFor({ state: 'hidden' });
  await untilMoved(await liveVideo(page));
});

test('a viewer sees how the camera is, and nothing to change', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.httpUrl);
  const { page } = tab;
  await signInWithToken(page, await service.token('viewer'));
  await liveVideo(page);
  const panel = await openPanel(page);
  await untilText(panel, /Measured\s+\d+\.\d fps/);
  expect(await panel.getByRole('tab').allInnerTexts()).toEqual(['Status', 'Picture']);
  expect(await panel.getByRole('button').count()).toBe(1);

  const admin = await service.client();
  await admin.call('set_camera', { device: 'camera0', enabled: false });
  await untilText(tileOf(page), /The service leaves the device alone\./);
  expect(await button(page, 'Enable: Test camera').count()).toBe(0);
});

test.each(['dark', 'light'] as const)('its texts can be read in the %s scheme', async (colorScheme) => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl, { colorScheme });
  const { page } = tab;
  await liveVideo(page);
  const panel = await openPanel(page);
  await untilText(panel, /Measured\s+\d+\.\d fps/);
  const texts = '[role=dialog] :is(h3, p, dt, dd, strong, span, time, button, label, input, select)';
  expect(await page.evaluate(contrastsOf, texts)).toSatisfy(isReadable);
  await openTab(panel, 'Settings');
  await untilVisible(panel.getByRole('textbox', { name: 'Name', exact: true }));
  await panel.getByRole('textbox', { name: 'Length', exact: true }).fill('x');
  await page.keyboard.press('Enter');
  await untilText(panel, /This must be a number\./);
  expect(await page.evaluate(contrastsOf, texts)).toSatisfy(isReadable);
});

test('on a phone it covers the page, shows the picture itself, and nothing scrolls sideways', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
  await using tab = await browser.open(service.loginUrl, phone);
  const { page } = tab;
  await liveVideo(page);
  await button(page, 'Details of Test camera').tap();
  const panel = await panelOf(page);
  expect((await panel.boundingBox())!.width).toBe(360);
  await openTab(panel, 'Picture');
  await untilMoved(panel.getByLabel('Picture of Test camera', { exact: true }));
  for (const name of ['Status', 'Settings'] as const) {
    await openTab(panel, name);
    expect(await panel.evaluate((element) => element.scrollWidth)).toBeLessThanOrEqual(360);
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
});
