import { Browser, Service } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { button, untilText, untilVisible } from './camera-page.ts';
import { contrastsOf, isReadable } from './contrast.ts';
import { openSection, row, type SectionName } from './settings-page.ts';

/** Snapshots of more than one megabyte in all, which is the least that a policy can be about. */
async function takeBigSnapshots(service: Service): Promise<number> {
  const client = await service.client();
  let [count, bytes] = [0, 0];
  while (bytes < 1_200_000) {
    const { file_size: size } = await client.call('take_snapshot', {
      device: 'camera0',
      filename: `big-${count}`,
      format: 'png',
    });
    count += 1;
    bytes += size;
  }
  return count;
}

test('storage: the disk in words, a policy that is kept, and a clean-up that shows what would go before it goes', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  const count = await takeBigSnapshots(service);
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  const main = page.locator('main');
  await openSection(page, 'Storage');
  const disk = page.getByRole('region', { name: 'The disk', exact: true });
  await untilText(disk, new RegExp(`Snapshots\\s+[\\d.]+ MB, ${count} files`));
  await button(page, 'See what would go').click();
  await untilText(main, /set an age or a size above first/);

  const size = page.getByLabel('More than, in GB');
  await page.getByLabel('Files go', { exact: true }).selectOption('When all take too much');
  await size.fill('a lot');
  await button(page, 'Save').click();
  await untilText(main, /This must be a number\./);
  await size.fill('0.0001');
  await button(page, 'Save').click();
  await untilText(main, /More than, in GB: Must be at least 0\.001\./);
  await size.fill('0.001');
  await button(page, 'Save').click();
  await untilText(main, /✓ Saved/);

  await button(page, 'See what would go').click();
  await untilText(main, /\d files?, [\d.]+ kB, would be deleted for good\./);
  await page.getByText('Which files', { exact: true }).click();
  await untilText(main, /big-0\.png/);
  const client = await service.client();
  expect((await client.call('list_snapshots')).total).toBe(count);
  await button(page, 'Delete them').click();
  await untilText(main, /deleted, [\d.]+ kB is free again/);
  const left = (await client.call('list_snapshots')).files.map(({ filename }) => filename);
  expect(left.length).toBeLessThan(count);
  expect(left).not.toContain('big-0.png');
});

test('the audit log shows what was done, and by its filters only some of it', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  const client = await service.client();
  await client.call('take_snapshot', { device: 'camera0', filename: 'one' });
  await expect(
    (await service.client('viewer')).call('take_snapshot', { device: 'camera0' }),
  ).rejects.toThrow();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  await openSection(page, 'Audit log');
  const table = page.getByRole('table', { name: 'What was done', exact: true });
  await untilText(table, /take_snapshot\s+Test camera\s+127\.0\.0\.1\s+Done/);
  await page.getByLabel('Outcome', { exact: true }).selectOption('Refused');
  await untilText(table, /Viewer, token\s+take_snapshot[\s\S]*Refused/);
  expect(await table.getByText('Done', { exact: true }).count()).toBe(0);
  await page.getByLabel('What', { exact: true }).fill('no_such_method');
  await page.keyboard.press('Enter');
  await untilText(page.locator('main'), /Nothing that fits\./);
});

test('the audit log tells a key from a user of the same name, and shows what one key has done', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  const client = await service.client();
  const rights = { role: 'operator' as const, cameras: ['camera0'] };
  await client.call('create_user', { user: 'door', password: 'a good password', ...rights });
  const { key, key_id: keyId } = await client.call('create_api_key', { name: 'door', ...rights });
  await using byUser = await service.rawClient();
  await byUser.call('login', { user: 'door', password: 'a good password' });
  await using byKey = await service.rawClient();
  await byKey.login(key);
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  await openSection(page, 'Audit log');
  const table = page.getByRole('table', { name: 'What was done', exact: true });
  await untilText(table, /door Operator, API key\s+key_[\s\S]*door Operator\s+login/);
  await untilText(table, /local Administrator, one-time link/);
  await page.getByLabel('API key', { exact: true }).selectOption(keyId);
  await untilText(page.locator('main'), /1 to 1 of 1/);
  await untilText(table, new RegExp(`door Operator, API key\\s+${keyId}\\s+authenticate`));
});

test('configuration: a wrong value is told at its key, a right one is in effect or waits, and the default comes back', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  await openSection(page, 'Configuration');
  await untilText(row(page, 'logging.level'), /from the command line[\s\S]*change it there/);

  const linger = row(page, 'camera.linger');
  await button(page, 'Change camera.linger').click();
  await linger.getByLabel('Value of camera.linger').fill('-1');
  await button(linger, 'Save').click();
  await untilText(linger, /must be at least 0/);
  await linger.getByLabel('Value of camera.linger').fill('25');
  await button(linger, 'Save').click();
  await untilText(linger, /from the file\s+25[\s\S]*In effect now/);
  await button(page, 'Change camera.linger').click();
  await button(linger, 'Back to the default').click();
  await untilText(linger, /^camera\.linger\s+10/);

  // Not set before, so that the page can't know what it takes.
  const bitrate = row(page, 'capture.bitrate');
  await button(page, 'Change capture.bitrate').click();
  await bitrate.getByLabel('Value of capture.bitrate').fill('3000');
  await button(bitrate, 'Save').click();
  await untilText(bitrate, /3000/);
  const rescan = row(page, 'camera.rescan_interval');
  await button(page, 'Change camera.rescan_interval').click();
  await rescan.getByLabel('Value of camera.rescan_interval').fill('20');
  await button(rescan, 'Save').click();
  await untilText(rescan, /Needs a restart\s+15[\s\S]*After the restart: 20[\s\S]*after the next start/);
  await untilText(page.locator('main'), /One change waits for the next start/);
});

const sections: SectionName[] = ['People', 'API keys', 'Sessions', 'Storage', 'Audit log', 'Configuration'];

test.each(['dark', 'light'] as const)(
  'on a phone every section fits, is reached by its address, and can be read in the %s scheme',
  async (colorScheme) => {
    await using service = await Service.start();
    await using browser = await Browser.start();
    const client = await service.client();
    await client.call('create_user', { user: 'ann', password: 'two green kettles', role: 'admin' });
    await client.call('create_api_key', { name: 'A program with a rather long name', role: 'viewer' });
    await client.call('take_snapshot', { device: 'camera0', filename: 'one' });
    const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
    await using tab = await browser.open(service.loginUrl, { ...phone, colorScheme });
    const { page } = tab;
    for (const name of sections) {
      await openSection(page, name);
      await page.getByText('Loading …').waitFor({ state: 'hidden' });
      expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBe(360);
      expect(await page.evaluate(cutLabels), name).toEqual([]);
      const readable = 'main :is(h1, h2, p, span, dt, dd, td, label, button, a):not(:disabled *), nav a';
      expect(await page.evaluate(contrastsOf, readable)).toSatisfy(isReadable);
    }
    await page.reload();
    await untilVisible(page.getByRole('heading', { level: 1, name: 'Configuration', exact: true }));
    await page.getByRole('link', { name: 'Back to the cameras', exact: true }).click();
    await untilVisible(page.getByRole('figure', { name: 'Test camera', exact: true }));
    expect(new URL(page.url()).hash).toBe('');
  },
);

/** Runs in the page: the words on buttons that don't fit. */
function cutLabels(): string[] {
  return [...document.querySelectorAll<HTMLElement>('main button *')]
    .filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth)
    .map(({ innerText }) => innerText);
}
