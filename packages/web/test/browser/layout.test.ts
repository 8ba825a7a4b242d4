import { Browser, Service, until, type Tab } from '@mediamtx-camera-service/testkit';
import { describe, expect, test } from 'vitest';
import { button, clips, liveVideo, tileOf, untilText, untilVisible } from './camera-page.ts';
import { contrastsOf, isReadable } from './contrast.ts';

const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

test('a phone: nothing to scroll sideways, tiles over each other, buttons that a thumb can hit', async () => {
  await using service = await Service.start({ testCameras: 2 });
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl, phone);
  const { page } = tab;
  await Promise.all([liveVideo(page), liveVideo(page, 'Test camera 2')]);
  await button(page, 'Snapshot Test camera').tap();
  await untilVisible(clips(page, 'Snapshot'));
  await button(page, 'Record Test camera').tap();
  await untilVisible(button(page, 'Stop recording Test camera'));

  expect(await widthOf(tab)).toBe(360);
  const [upper, lower] = await boxes(tab);
  expect(lower!.y).toBeGreaterThanOrEqual(upper!.y + upper!.height);
  for (const control of await page.locator('figure button:visible, header :is(a, button):visible').all()) {
    const { x, width, height } = (await control.boundingBox())!;
    expect(
      Math.min(width, height),
      await control.getAttribute('aria-label').then(String),
    ).toBeGreaterThanOrEqual(40);
    expect(x + width).toBeLessThanOrEqual(360);
  }
  await untilText(button(page, 'Stop recording Test camera'), /0:0[2-9]|0:[1-9]\d/);
  await button(page, 'Stop recording Test camera').tap();
  await untilVisible(clips(page, 'Recording'));
});

describe('a desktop', () => {
  test.each([
    { testCameras: 1, columns: 1 },
    { testCameras: 2, columns: 2 },
    { testCameras: 4, columns: 2 },
  ])(
    '$testCameras cameras fill the width in $columns columns, all in one view',
    async ({ testCameras, columns }) => {
      await using service = await Service.start({ testCameras });
      await using browser = await Browser.start();
      await using tab = await browser.open(service.loginUrl);
      await liveVideo(tab.page);
      const tiles = await boxes(tab);
      expect(tiles).toHaveLength(testCameras);
      expect(new Set(tiles.map(({ x }) => x)).size).toBe(columns);
      const right = Math.max(...tiles.map(({ x, width }) => x + width));
      const left = Math.min(...tiles.map(({ x }) => x));
      expect(right - left).toBeGreaterThan(1440 * 0.9);
      expect(Math.max(...tiles.map(({ y, height }) => y + height))).toBeLessThan(900);
      for (const { width, height } of tiles) expect(width / height).toBeCloseTo(16 / 9, 1);
      expect(await widthOf(tab)).toBe(1440);
    },
  );
});

test('no camera: the page says what to do next', async () => {
  await using service = await Service.start({ testCameras: 0 });
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  await untilVisible(page.getByRole('heading', { name: 'No camera yet', exact: true }));
  await untilVisible(page.getByText('npm start -- --test-cameras 1', { exact: true }));
  expect(await page.getByRole('figure').count()).toBe(0);
});

test('the keys: ? lists them, numbers choose, Enter is full view, S snaps, R records and stops, Esc is back', async () => {
  await using service = await Service.start({ testCameras: 2 });
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl);
  const { page } = tab;
  await liveVideo(page, 'Test camera 2');
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keys', exact: true });
  await untilVisible(keys);
  await page.keyboard.press('Escape');
  await keys.waitFor({ state: 'hidden' });

  await page.keyboard.press('2');
  await until(() => tileOf(page, 'Test camera 2').evaluate((tile) => tile === document.activeElement));
  await page.keyboard.press('Enter');
  await untilVisible(button(page, 'Leave full view'));
  await tileOf(page).waitFor({ state: 'hidden' });
  expect(await tileOf(page, 'Test camera 2').boundingBox()).toEqual({ x: 0, y: 0, width: 1440, height: 900 });
  await page.keyboard.press('Escape');
  await untilVisible(tileOf(page));

  await page.keyboard.press('s');
  await untilVisible(clips(page, 'Snapshot').filter({ hasText: 'Test camera 2' }));
  await page.keyboard.press('r');
  await untilText(button(page, 'Stop recording Test camera 2'), /0:0[2-9]|0:[1-9]\d/);
  await page.keyboard.press('r');
  await untilVisible(clips(page, 'Recording').filter({ hasText: 'Test camera 2' }));
});

test('who wants less motion gets none', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl, { reducedMotion: 'reduce' });
  const { page } = tab;
  await liveVideo(page);
  await button(page, 'Snapshot Test camera').click();
  await untilVisible(clips(page, 'Snapshot'));
  const longest = await page.evaluate(() => {
    const styles = [...document.querySelectorAll('*')].map((element) => getComputedStyle(element));
    const durations = styles.flatMap((style) => [style.animationDuration, style.transitionDuration]);
    return Math.max(...durations.flatMap((list) => list.split(',')).map((text) => Number.parseFloat(text)));
  });
  expect(longest).toBeLessThanOrEqual(0.001);
});

test.each(['dark', 'light'] as const)('the texts can be read in the %s scheme', async (colorScheme) => {
  await using service = await Service.start({ testCameras: 2 });
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl, { colorScheme });
  const { page } = tab;
  await liveVideo(page);
  await button(page, 'Snapshot Test camera').click();
  await untilVisible(clips(page, 'Snapshot'));
  expect(await page.evaluate(contrastsOf, 'h1, h2, section button, time, select')).toSatisfy(isReadable);
  await clips(page, 'Snapshot').click();
  await untilVisible(page.getByRole('link', { name: 'Download', exact: true }));
  expect(await page.evaluate(contrastsOf, '[role=dialog] :is(h2, dt, dd)')).toSatisfy(isReadable);

  await using other = await browser.open(service.httpUrl, { colorScheme });
  await untilVisible(button(other.page, 'Sign in'));
  expect(await other.page.evaluate(contrastsOf, 'h1, h2, p, code, label, form button')).toSatisfy(isReadable);
});

/** Of the document, with what would have to be scrolled to sideways. */
function widthOf({ page }: Tab): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth);
}

async function boxes({ page }: Tab) {
  const tiles = await page.getByRole('figure').all();
  return Promise.all(tiles.map(async (tile) => (await tile.boundingBox())!));
}
