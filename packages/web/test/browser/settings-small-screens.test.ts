import { Browser, Service } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { button, liveVideo, untilVisible } from './camera-page.ts';
import { openSection } from './settings-page.ts';

const tablet = { viewport: { width: 820, height: 1180 }, hasTouch: true, isMobile: true };
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

test('on a tablet no word of the audit log is torn apart', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl, tablet);
  const { page } = tab;
  await liveVideo(page);
  await openSection(page, 'Audit log');
  await untilVisible(page.getByRole('table').getByText('Done', { exact: true }).first());
  const torn = await page.getByRole('table').evaluate((table) => {
    const texts = document.createTreeWalker(table, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      // Addresses of files have no words to be kept whole.
      if (node.parentElement?.localName === 'code') continue;
      for (const { index, 0: word } of (node.nodeValue ?? '').matchAll(/[\p{L}\d]+/gu)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        if (range.getClientRects().length > 1) found.push(word);
      }
    }
    return found;
  });
  expect(torn).toEqual([]);
});

test('on a phone a thumb hits the way back, and the fields neither are too low nor make the page zoom', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl, phone);
  const { page } = tab;
  await liveVideo(page);
  await openSection(page, 'People');
  await button(page, 'Add a person').tap();
  await untilVisible(page.getByRole('form', { name: 'Add a person', exact: true }));
  const back = await page.getByRole('link', { name: 'Back to the cameras', exact: true }).boundingBox();
  expect(back!.height).toBeGreaterThanOrEqual(44);
  const sizes = await page.locator('form :is(input, select):visible').evaluateAll((fields) =>
    fields.map((field) => ({
      height: field.closest('[class*=Input-wrapper]')!.getBoundingClientRect().height,
      letters: Number.parseFloat(getComputedStyle(field).fontSize),
    })),
  );
  expect(sizes).toHaveLength(4);
  for (const { height, letters } of sizes) {
    expect(height).toBeGreaterThanOrEqual(44);
    expect(letters).toBeGreaterThanOrEqual(16);
  }
});
