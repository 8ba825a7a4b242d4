import { Browser, Service, until } from '@mediamtx-camera-service/testkit';
import type { Locator } from 'playwright-core';
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
  await form.getByLabel('Present password').fill(ann.password);
  await form.getByLabel('New password').fill('four small lamps');
  await form.getByLabel('The same again').fill('four small lamps');
  await button(form, 'Change password').click();
  await untilText(form, /Your password is changed\./);
  await form.getByText('Close', { exact: true }).click();
  await form.waitFor({ state: 'hidden' });
  await until(() => button(page, 'Account: ann').evaluate((menu) => menu === document.activeElement), {
    what: 'the focus being back',
  });
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

test('a present password that is missing or wrong is told at its field, which has the focus', async () => {
  await using service = await Service.start();
  const admin = await service.client();
  await admin.call('create_user', { ...ann, role: 'viewer' });
  await using browser = await Browser.start();
  await using tab = await browser.open(service.httpUrl);
  const { page } = tab;
  await signIn(page, ann);
  await liveVideo(page);
  await button(page, 'Account: ann').click();
  await button(page, 'Change password').click();
  const form = page.getByRole('dialog', { name: 'Change password', exact: true });
  const present = form.getByLabel('Present password');
  await form.getByLabel('New password').fill('four small lamps');
  await form.getByLabel('The same again').fill('four small lamps');
  await button(form, 'Change password').click();
  await untilTold(present, /Give your present password\./);
  await present.fill('one grey kettle');
  await button(form, 'Change password').click();
  await untilTold(present, /That is not your present password\./);
});

test('the offer of an account and what is not safe move nothing on a phone when they come', async () => {
  // The service takes it for an address that others reach; it is this machine's own.
  await using service = await Service.start({ env: { CAMERA_SERVICE_HEALTH_HOST: '127.1' } });
  await using browser = await Browser.start();
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  await using tab = await browser.open(service.loginUrl, { ...phone, initScript: watchShifts });
  const { page } = tab;
  await untilVisible(button(page, 'Make account'));
  await untilVisible(page.getByRole('region', { name: 'Not as safe as it should be', exact: true }));
  await liveVideo(page);
  // Reported with the frame after the one in which something moved.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  expect(await page.evaluate(() => window.shifted)).toEqual([]);
});

declare global {
  interface Window {
    shifted: string[];
  }
}

/** Writes down from the first moment on what was moved without anybody having done anything. */
function watchShifts(): void {
  window.shifted = [];
  const observer = new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) window.shifted.push(`at ${startTime} ms`);
  });
  observer.observe({ type: 'layout-shift', buffered: true });
}

function describe(element: Element): { text: string; hasFocus: boolean } {
  const ids = (element.getAttribute('aria-describedby') ?? '').split(' ');
  return {
    text: ids.map((id) => document.getElementById(id)?.innerText).join(),
    hasFocus: element === document.activeElement,
  };
}

/** Waits until a field is described so, and has the focus. */
async function untilTold(field: Locator, pattern: RegExp): Promise<void> {
  await until(
    async () => {
      const { text, hasFocus } = await field.evaluate(describe);
      return hasFocus && pattern.test(text);
    },
    { what: `${pattern} at the field with the focus` },
  );
}

function saysNoUsers({ payload }: { payload: string | Buffer }): boolean {
  return payload.toString().includes('"users":[]');
}
