import { Browser, Service } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { button, liveVideo, signInWithToken, tileOf, untilText, untilVisible } from './camera-page.ts';

test('what is not as safe as it should be is told to administrators alone, with where to change it, until it is hidden', async () => {
  // The service takes it for an address that others reach; it is this machine's own.
  await using service = await Service.start({ env: { CAMERA_SERVICE_HEALTH_HOST: '127.1' } });
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  const notice = page.getByRole('region', { name: 'Not as safe as it should be', exact: true });
  await untilText(notice, /The health port is open to other machines/);
  await notice.getByRole('link', { name: 'Open the configuration', exact: true }).click();
  await untilVisible(page.getByRole('heading', { name: 'Configuration', exact: true }));
  await page.goBack();
  await button(notice, 'Hide until next time').click();
  await notice.waitFor({ state: 'hidden' });
  const socket = page.waitForEvent('websocket');
  await page.reload();
  await (await socket).waitForEvent('framereceived', { predicate: hasWarnings });
  await liveVideo(page);
  expect(await notice.count()).toBe(0);

  await using other = await browser.open(service.httpUrl);
  await signInWithToken(other.page, await service.token('operator'));
  await untilVisible(tileOf(other.page));
  expect(await other.page.getByText('Not as safe as it should be').count()).toBe(0);
});

function hasWarnings({ payload }: { payload: string | Buffer }): boolean {
  return payload.toString().includes('"warnings":[{');
}
