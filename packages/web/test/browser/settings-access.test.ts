import { Browser, Service, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { button, liveVideo, loginForm, signIn, tileOf, untilText, untilVisible } from './camera-page.ts';
import { openSection, row, rows } from './settings-page.ts';

const vera = { user: 'vera', password: 'three blue herons' };

test('people: one is added with one camera, gets another role at once, and is removed; the last administrator stays', async () => {
  await using service = await Service.start({ testCameras: 2 });
  await using browser = await Browser.start();
  const client = await service.client();
  await client.call('create_user', { user: 'ann', password: 'two green kettles', role: 'admin' });
  await using tab = await browser.open(service.httpUrl);
  const { page } = tab;
  await signIn(page, { user: 'ann', password: 'two green kettles' });
  await untilVisible(tileOf(page));
  await openSection(page, 'People');
  await untilText(row(page, 'ann'), /you.*\s*Administrator/);

  await button(page, 'Add a person').click();
  const form = page.getByRole('form', { name: 'Add a person', exact: true });
  await form.getByLabel('User').fill(vera.user);
  await form.getByLabel('Password', { exact: false }).first().fill(vera.password);
  await form.getByLabel('Cameras', { exact: true }).selectOption('Only some');
  await button(form, 'Add a person').click();
  await untilText(form, /Pick at least one camera\./);
  await form.getByLabel('Test camera 2', { exact: true }).check();
  await button(form, 'Add a person').click();
  await untilText(row(page, 'vera'), /Viewer\s*Test camera 2\s*Has not signed in yet/);

  await button(page, 'Change vera').click();
  await page.getByLabel('Role', { exact: true }).selectOption('Operator');
  await button(page, 'Save').click();
  await untilText(row(page, 'vera'), /Operator\s*Test camera 2/);
  const { users } = await client.call('list_users');
  expect(users.find(({ user }) => user === 'vera')).toMatchObject({ role: 'operator', cameras: ['camera1'] });

  await button(page, 'Remove ann').click();
  await row(page, 'ann').getByRole('group').getByRole('button', { name: 'Remove ann' }).click();
  await untilText(row(page, 'ann'), /This is the last administrator/);
  await button(page, 'Remove vera').click();
  await untilText(row(page, 'vera'), /vera is signed out everywhere at once/);
  await row(page, 'vera').getByRole('group').getByRole('button', { name: 'Remove vera' }).click();
  await until(async () => (await rows(page, 'People').count()) === 1, { what: 'vera being removed' });
});

test('an API key is made, shown once, copied, works, is renewed, and is taken back', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl, {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const { page } = tab;
  const statusOf = async (key: string): Promise<number> =>
    (await fetch(`${service.httpUrl}/api/cameras`, { headers: { 'x-api-key': key } })).status;
  await openSection(page, 'API keys');
  await button(page, 'Make a key').click();
  const form = page.getByRole('form', { name: 'Make a key', exact: true });
  await form.getByLabel('What it is for').fill('Doorbell');
  await form.getByLabel('Ends', { exact: true }).selectOption('In a week');
  await button(form, 'Make a key').click();

  const card = page.getByRole('region', { name: 'The key for Doorbell', exact: true });
  await button(card, 'Copy: Key').click();
  await untilVisible(button(card, 'Copied'));
  const key = await page.evaluate(() => navigator.clipboard.readText());
  expect(await statusOf(key)).toBe(200);
  const { keys } = await (await service.client()).call('list_api_keys');
  const text = await card.innerText();
  expect(text).toContain(`curl -H "X-API-Key: ${key}" ${service.httpUrl}/api/cameras`);
  expect(text).toMatch(new RegExp(`rtsp://${keys[0]!.key_id}:${key}@127\\.0\\.0\\.1:\\d+/camera0`));
  await button(card, 'I have it').click();
  await page.reload();
  await untilText(row(page, 'Doorbell'), /Active/);
  expect(await page.locator('body').innerText()).not.toContain(key);

  await button(page, 'Renew the key for Doorbell').click();
  await page.getByLabel('The old one works').selectOption('Not any more');
  await button(page.getByRole('form', { name: 'Renew the key for Doorbell' }), 'Renew').click();
  const renewed = (await card.locator('code').first().innerText()).trim();
  expect([await statusOf(key), await statusOf(renewed)]).toEqual([401, 200]);

  await button(page, 'Take back the key for Doorbell').click();
  await untilText(row(page, 'Doorbell'), /Whatever uses it is cut off at once/);
  await row(page, 'Doorbell')
    .getByRole('group')
    .getByRole('button', { name: /^Take back/ })
    .click();
  await untilText(row(page, 'Doorbell'), /Taken back/);
  expect(await statusOf(renewed)).toBe(401);
});

test('a session that is ended from the settings shows the login page with the reason', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await (await service.client()).call('create_user', { ...vera, role: 'operator' });
  await using admin = await browser.open(service.loginUrl);
  await using other = await browser.open(service.httpUrl);
  await signIn(other.page, vera);
  await liveVideo(other.page);
  // The picture ends with its rights.
  other.expectComplaint(/status of 40[14]|WebSocket|ERR_/);

  const { page } = admin;
  await openSection(page, 'Sessions');
  await untilText(page.getByRole('list', { name: 'Sessions', exact: true }), /this page/);
  await untilVisible(row(page, 'vera, Watches Test camera in a browser'));
  await button(page, 'End: vera, Page or program').click();
  await untilText(row(page, 'vera, Page or program'), /This sign-in of vera ends at once/);
  await button(row(page, 'vera, Page or program').getByRole('group'), 'End').click();
  await row(page, 'vera, Page or program').waitFor({ state: 'hidden' });

  await untilText(other.page.locator('main'), /Your session was ended from elsewhere/);
  await untilVisible(loginForm(other.page));
  await signIn(other.page, vera);
  await liveVideo(other.page);
});
