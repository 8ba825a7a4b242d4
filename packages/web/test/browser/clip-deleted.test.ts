import { Browser, Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { button, clips, signInWithToken, untilText, untilVisible } from './camera-page.ts';

test('a clip is deleted on a second press, from every page; the next one takes its place', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  const client = await service.client();
  for (const filename of ['one', 'two', 'three']) {
    await client.call('take_snapshot', { device: 'camera0', filename });
  }
  await using first = await browser.open(service.loginUrl);
  await using second = await browser.open(service.httpUrl);
  await signInWithToken(second.page, await service.token('viewer'));
  const countOf = (page: typeof first.page) => clips(page, 'Snapshot').count();
  await until(async () => (await countOf(first.page)) === 3 && (await countOf(second.page)) === 3);

  const { page } = first;
  await clips(page, 'Snapshot').first().click();
  const dialog = page.getByRole('dialog', { name: 'Snapshot, Test camera', exact: true });
  await button(dialog, 'Delete').click();
  await untilText(dialog, /This snapshot \([\d.]+ kB\) is deleted for good/);
  await button(dialog, 'Keep it').click();
  await untilVisible(dialog.locator('img[alt="three.jpg"]'));
  await button(dialog, 'Delete').click();
  await button(dialog, 'Delete for good').click();
  await untilVisible(dialog.locator('img[alt="two.jpg"]'));
  await until(async () => (await countOf(page)) === 2 && (await countOf(second.page)) === 2);

  // Deleted elsewhere while it is looked at: the viewer closes, and the page has its keys again.
  await client.call('delete_snapshot', { filename: 'two.jpg' });
  await dialog.waitFor({ state: 'hidden' });
  await page.keyboard.press('?');
  await untilVisible(page.getByRole('dialog', { name: 'Keys', exact: true }));

  await clips(second.page, 'Snapshot').click();
  await untilVisible(second.page.getByRole('link', { name: 'Download', exact: true }));
  expect(await button(second.page, 'Delete').count()).toBe(0);
});
