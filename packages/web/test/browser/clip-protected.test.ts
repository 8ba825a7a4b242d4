import { Browser, Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { contrastsOf, isReadable } from './contrast.ts';
import { button, clips, signInWithToken, untilText, untilVisible } from './camera-page.ts';

const device = 'camera0';

test('a recording is protected by key, shows it on every page, and can not be deleted until it is let go', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  const client = await service.client();
  const { filename } = await client.call('start_recording', { device });
  await until(async () => ((await client.call('get_camera_status', { device })).elapsed_time ?? 0) > 1);
  await client.call('stop_recording', { device });
  await using first = await browser.open(service.loginUrl);
  await using second = await browser.open(service.httpUrl);
  await signInWithToken(second.page, await service.token('viewer'));
  const { page } = first;
  const cardOf = (of: typeof page) => clips(of, 'Recording');
  const nameOf = (of: typeof page) => cardOf(of).getAttribute('aria-label');
  const isProtected = async () => (await client.call('get_recording_info', { filename })).protected;

  await cardOf(page).click();
  const dialog = page.getByRole('dialog', { name: 'Recording, Test camera', exact: true });
  const toggle = button(dialog, 'Protected');
  expect(await toggle.getAttribute('aria-pressed')).toBe('false');
  await toggle.press('Space');
  await until(async () => (await toggle.getAttribute('aria-pressed')) === 'true');
  expect(await isProtected()).toBe(true);
  // Without losing its place, so that the same key takes it back.
  expect(await toggle.evaluate((element) => element === document.activeElement)).toBe(true);
  await button(dialog, 'Delete').press('Enter');
  await untilText(dialog, /It is protected\. To delete it, switch that off first\./);
  expect(isReadable(await page.evaluate(contrastsOf, '[role=dialog] p'))).toBe(true);
  expect(await button(dialog, 'Delete for good').count()).toBe(0);
  await until(async () => (await nameOf(page))?.endsWith(', protected'));

  // Elsewhere it is told, and a viewer has nothing to change it with.
  await until(async () => (await nameOf(second.page))?.endsWith(', protected'));
  await cardOf(second.page).click();
  const seen = second.page.getByRole('dialog', { name: 'Recording, Test camera', exact: true });
  await untilText(seen, /Protected/);
  expect(await button(seen, 'Protected').count()).toBe(0);

  // Let go elsewhere while it is looked at: it can be deleted at once.
  await client.call('set_recording', { filename, protected: false });
  await until(async () => (await toggle.getAttribute('aria-pressed')) === 'false');
  await button(dialog, 'Delete').click();
  await untilVisible(button(dialog, 'Delete for good'));
  // And protected while that is asked: nothing is left to press.
  await client.call('set_recording', { filename, protected: true });
  await button(dialog, 'Delete for good').waitFor({ state: 'hidden' });
  expect(await isProtected()).toBe(true);
});

test('one that is protected while it runs comes as protected when it is stopped on the page', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  const client = await service.client();
  await using opened = await browser.open(service.loginUrl);
  await untilVisible(button(opened.page, 'Record Test camera'));
  // The page hears of it, so it is connected when there is something to stop.
  const { filename } = await client.call('start_recording', { device });
  await client.call('set_recording', { filename, protected: true });
  await until(async () => ((await client.call('get_camera_status', { device })).elapsed_time ?? 0) > 1);
  await button(opened.page, 'Stop recording Test camera').click();
  await until(async () => {
    const card = clips(opened.page, 'Recording');
    return (await card.count()) === 1 && (await card.getAttribute('aria-label'))?.endsWith(', protected');
  });
});
