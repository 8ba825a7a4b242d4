import { Browser, Service } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { button, liveVideo, loginForm, signIn, untilText, untilVisible } from './camera-page.ts';

const ann = { user: 'ann', password: 'two green kettles' };

test('who comes by the printed link makes an account, changes its password, and logs in with the new one', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  await liveVideo(page);
  await button(page, 'Make account').click();
  const dialog = page.getByRole('dialog', { name: 'Make your account', exact: true });
  await dialog.getByLabel('User').fill(ann.user);
  await dialog.getByLabel('Password', { exact: false }).first().fill('short');
  await untilText(dialog, /5 characters more/);
  await button(dialog, 'Make account and sign in').click();
  await untilText(dialog, /It must have at least 10 characters\./);
  await dialog.getByLabel('Password', { exact: false }).first().fill(ann.password);
  await dialog.getByLabel('The same again').fill(ann.password);
  await button(dialog, 'Make account and sign in').click();

  await button(page, 'Account: ann').click();
  await untilText(page.getByRole('dialog', { name: 'Account', exact: true }), /Administrator/);
  expect(await button(page, 'Make account').count()).toBe(0);
  await button(page, 'Change password').click();
  const form = page.getByRole('dialog', { name: 'Change password', exact: true });
  await form.getByLabel('Present password').fill('one grey kettle');
  await form.getByLabel('New password').fill('four small lamps');
  await form.getByLabel('The same again').fill('four small lamps');
  await button(form, 'Change password').click();
  await untilText(form, /That is not your present password\./);
  await form.getByLabel('Present password').fill(ann.password);
  await button(form, 'Change password').click();
  await form.waitFor({ state: 'hidden' });
  await liveVideo(page);

  await button(page, 'Account: ann').click();
  await button(page, 'Sign out').click();
  await untilVisible(loginForm(page));
  await signIn(page, { user: 'ann', password: 'four small lamps' });
  await liveVideo(page);
});

test('put aside, the offer of an account stays away', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  await button(page, 'Not now').click();
  await page.getByRole('heading', { name: 'Make your account' }).waitFor({ state: 'hidden' });
  const socket = page.waitForEvent('websocket');
  await page.reload();
  await (await socket).waitForEvent('framereceived', { predicate: saysNoUsers });
  await liveVideo(page);
  expect(await button(page, 'Make account').count()).toBe(0);
});

function saysNoUsers({ payload }: { payload: string | Buffer }): boolean {
  return payload.toString().includes('"users":[]');
}
