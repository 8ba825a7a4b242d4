import { Browser, Service } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { button, liveVideo, tileOf, untilText, untilVisible } from './camera-page.ts';

test('without a session there is the login page; a wrong token is told in words, a right one opens the page', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.httpUrl);
  const { page } = tab;
  const field = page.getByLabel('Access token', { exact: true });
  await untilVisible(field);
  expect(await page.getByRole('figure').count()).toBe(0);

  await button(page, 'Sign in').click();
  await untilText(page.locator('form'), /Paste a token first/);
  tab.expectComplaint(/status of 401/);
  await field.fill('nonsense');
  await button(page, 'Sign in').click();
  await untilText(page.locator('form'), /The token is not valid\. [A-Z]/);

  await field.fill(await service.token('operator'));
  await button(page, 'Sign in').click();
  await liveVideo(page);
  expect(await button(page, 'Snapshot Test camera').count()).toBe(1);
});

test('a viewer has the picture, its details and full view, and no buttons for what needs a higher role', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.httpUrl);
  const { page } = tab;
  await page.getByLabel('Access token', { exact: true }).fill(await service.token('viewer'));
  await page.keyboard.press('Enter');
  await liveVideo(page);
  expect(await tileOf(page).getByRole('button').count()).toBe(2);
  expect(await button(page, 'Details of Test camera').count()).toBe(1);
  expect(await button(page, 'Full view of Test camera').count()).toBe(1);
  await untilVisible(page.getByText('View only', { exact: true }));

  const client = await service.client('operator');
  await client.call('start_recording', { device: 'camera0' });
  await untilText(tileOf(page), /Recording \d:\d\d/);
  await client.call('stop_recording', { device: 'camera0' });
});

test('a login link works once, and the second time the page says why not', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using first = await browser.open(service.loginUrl);
  await untilVisible(tileOf(first.page));
  await using second = await browser.open(service.loginUrl);
  await untilText(second.page.locator('main'), /That sign-in link was used already/);
  await untilText(second.page.locator('main'), /camera-service token create --role admin/);
});

test('signing out ends the session', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  await liveVideo(page);
  await button(page, 'Sign out').click();
  await untilVisible(page.getByLabel('Access token', { exact: true }));
  await page.reload();
  await untilVisible(page.getByLabel('Access token', { exact: true }));
  expect((await page.request.get(`${service.httpUrl}/media/camera0/still.jpg`)).status()).toBe(401);
});
