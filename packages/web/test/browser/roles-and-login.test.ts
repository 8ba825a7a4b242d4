import { Browser, Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import {
  button,
  liveVideo,
  loginForm,
  signIn,
  signInWithToken,
  tileOf,
  untilText,
  untilVisible,
} from './camera-page.ts';

const vera = { user: 'vera', password: 'three blue herons' };

test('without a session there is the login page; a wrong token is told in words, a right one opens the page', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.httpUrl);
  const { page } = tab;
  await untilVisible(loginForm(page));
  expect(await page.getByRole('figure').count()).toBe(0);

  await button(page, 'With a token or an API key').click();
  await button(page, 'Sign in').click();
  await untilText(loginForm(page), /Paste a token first/);
  tab.expectComplaint(/status of 401/);
  const field = page.getByLabel('Access token', { exact: true });
  await field.fill('nonsense');
  await button(page, 'Sign in').click();
  await untilText(loginForm(page), /The token is not valid\. [A-Z]/);

  await field.fill(await service.token('operator'));
  await button(page, 'Sign in').click();
  await liveVideo(page);
  expect(await button(page, 'Snapshot Test camera').count()).toBe(1);
});

test('a user logs in by password: a wrong one is told in words, too many are counted down, a right one opens the page', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  const client = await service.client();
  await client.call('create_user', { ...vera, role: 'operator' });
  await using tab = await browser.open(service.httpUrl);
  const { page } = tab;
  expect(await page.getByLabel('User', { exact: true }).getAttribute('autocomplete')).toBe('username');
  expect(await page.getByLabel('Password', { exact: true }).getAttribute('autocomplete')).toBe(
    'current-password',
  );

  tab.expectComplaint(/status of 401/);
  await signIn(page, { user: 'vera', password: 'three red herons' });
  await untilText(loginForm(page), /The user or the password is wrong\./);
  await signIn(page, vera);
  await liveVideo(page);
  await button(page, 'Account: vera').click();
  await untilText(page.getByRole('dialog', { name: 'Account', exact: true }), /vera\s+Operator/);
  await button(page, 'Sign out').click();
  await untilVisible(loginForm(page));

  tab.expectComplaint(/status of 429/);
  // The fifth from this address: the right password in between forgave the user, and not the address.
  for (let tries = 0; tries < 4; tries += 1) {
    const answered = page.waitForResponse((response) => response.url().endsWith('/login'));
    await signIn(page, { user: 'vera', password: `wrong ${tries}` });
    expect((await answered).status()).toBe(401);
    await untilText(loginForm(page), /is wrong/);
  }
  await signIn(page, vera);
  await untilText(loginForm(page), /Too many wrong passwords\. Try again in \d+ s\./);
  expect(await button(page, 'Sign in').isDisabled()).toBe(true);
  await untilText(loginForm(page), /Too many wrong passwords\. You can try again now\./);
  await button(page, 'Sign in').click();
  await liveVideo(page);
});

test('a viewer has the picture, its details and full view, and no buttons for what needs a higher role', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.httpUrl);
  const { page } = tab;
  await signInWithToken(page, await service.token('viewer'));
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

test('who may see one camera sees that one alone, and no settings, also by their address', async () => {
  await using service = await Service.start({ testCameras: 2 });
  await using browser = await Browser.start();
  const client = await service.client();
  await client.call('create_user', { ...vera, role: 'viewer', cameras: ['camera1'] });
  await using tab = await browser.open(`${service.httpUrl}/#settings/people`);
  const { page } = tab;
  await signIn(page, vera);
  await liveVideo(page, 'Test camera 2');
  expect(await page.getByRole('figure').count()).toBe(1);
  expect(await page.getByRole('link', { name: 'Settings', exact: true }).count()).toBe(0);
  expect(await page.getByRole('heading', { name: 'People', exact: true }).count()).toBe(0);
});

test('a login link works once, and the second time the page says why not', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using first = await browser.open(service.loginUrl);
  await untilVisible(tileOf(first.page));
  await using second = await browser.open(service.loginUrl);
  await untilText(second.page.locator('main'), /That sign-in link was used already/);
  await untilText(second.page.locator('main'), /npx camera-service link/);
});

test('signing out ends the session', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  await liveVideo(page);
  await page.getByRole('button', { name: /^Account: / }).click();
  await button(page, 'Sign out').click();
  await untilVisible(loginForm(page));
  await page.reload();
  await untilVisible(loginForm(page));
  expect((await page.request.get(`${service.httpUrl}/media/camera0/still.jpg`)).status()).toBe(401);
});

test('whose role and cameras are changed has other buttons and tiles as soon as something is refused', async () => {
  await using service = await Service.start({ testCameras: 2 });
  await using browser = await Browser.start();
  const client = await service.client();
  await client.call('create_user', { ...vera, role: 'operator' });
  await using tab = await browser.open(service.httpUrl);
  const { page } = tab;
  await signIn(page, vera);
  await liveVideo(page);
  await liveVideo(page, 'Test camera 2');
  await until(() => page.evaluate(() => performance.now() > 5_000), { what: 'a page that is not new' });
  await client.call('set_user', { user: 'vera', role: 'viewer', cameras: ['camera0'] });
  tab.expectComplaint(/status of 40[134]/);
  await button(page, 'Snapshot Test camera').click();
  await untilVisible(page.getByText('View only', { exact: true }));
  await button(page, 'Snapshot Test camera').waitFor({ state: 'hidden' });
  await tileOf(page, 'Test camera 2').waitFor({ state: 'hidden' });
  await liveVideo(page);
});

test('a page that is looked at reads its address each hour, and goes to the login page where the session is no more', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page, context } = tab;
  await liveVideo(page);
  await page.clock.install();
  await page.reload();
  await liveVideo(page);
  const read = page.waitForResponse(
    (response) => response.request().resourceType() === 'fetch' && response.url() === `${service.httpUrl}/`,
  );
  await page.clock.fastForward('01:01:00');
  expect((await read).status()).toBe(200);
  const socket = page.waitForEvent('websocket');
  await page.clock.fastForward('13:00:00');
  // Of the new session, before the old one's rights end.
  await (await socket).waitForEvent('framereceived');
  await page.getByText('Connection lost').waitFor({ state: 'hidden' });
  await liveVideo(page);
  await context.clearCookies();
  await page.clock.fastForward('01:01:00');
  await untilText(page.locator('main'), /You are not signed in any more/);
});
