// Makes docs/guide/page.png: the built page of a real service with two test cameras. Needs `npm run build`.
import { fileURLToPath } from 'node:url';
import { Browser, Service, until } from '@mediamtx-camera-service/testkit';

const file = fileURLToPath(new URL('../../../docs/guide/page.png', import.meta.url));

/**
 * @param {import('playwright-core').Locator} button
 * @param {number} seconds what its elapsed time must have reached
 */
async function untilElapsed(button, seconds) {
  const reached = async () => Number((await button.innerText()).split(':').at(-1)) >= seconds;
  await until(reached, { what: `${seconds} s of recording`, timeoutMs: 60_000 });
}

await onThePage(async (page) => {
  const button = (/** @type {string} */ name) => page.getByRole('button', { name, exact: true });
  const clips = page.getByRole('list', { name: 'Clips', exact: true }).getByRole('button');
  const untilClips = (/** @type {number} */ count) =>
    until(async () => (await clips.count()) === count, { what: `${count} clips` });
  await page.locator('figure[data-live]').nth(1).waitFor();
  await button('Not now').click();

  await button('Record Test camera').click();
  await button('Snapshot Test camera 2').click();
  await untilClips(1);
  await untilElapsed(button('Stop recording Test camera'), 6);
  await button('Stop recording Test camera').click();
  await untilClips(2);
  await button('Snapshot Test camera').click();
  await untilClips(3);
  await button('Record Test camera 2').click();
  await untilElapsed(button('Stop recording Test camera 2'), 8);
  await button('Snapshot Test camera 2').click();
  await untilClips(4);
  await button('Stop recording Test camera 2').click();
  await untilClips(5);
  for (let count = 6; count <= 14; count++) {
    await button(count % 2 === 0 ? 'Snapshot Test camera' : 'Snapshot Test camera 2').click();
    await untilClips(count);
  }
  await button('Record Test camera').click();
  await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
  await page.mouse.move(700, 880);
  await untilElapsed(button('Stop recording Test camera'), 7);
  await page.screenshot({ path: file, clip: await filledPart(page) });
});

/**
 * Without the empty rest below the clips.
 * @param {import('playwright-core').Page} page
 */
async function filledPart(page) {
  const { width, height } = /** @type {{ width: number, height: number }} */ (page.viewportSize());
  const clips = await page.getByRole('list', { name: 'Clips', exact: true }).boundingBox();
  const end = clips === null ? height : Math.ceil(clips.y + clips.height) + 16;
  return { x: 0, y: 0, width, height: Math.min(height, end) };
}

/** @param {(page: import('playwright-core').Page) => Promise<void>} take */
async function onThePage(take) {
  const service = await Service.start({ testCameras: 2 });
  const browser = await Browser.start();
  try {
    const { page } = await browser.open(service.loginUrl);
    await take(page);
  } finally {
    await browser[Symbol.asyncDispose]();
    await service[Symbol.asyncDispose]();
  }
}
