import { until } from '@mediamtx-camera-service/testkit';
import type { Locator, Page } from 'playwright-core';

/** The camera's tile. */
export function tileOf(page: Page, name = 'Test camera'): Locator {
  return page.getByRole('figure', { name, exact: true });
}

/** Waits until the tile says that it plays. @returns its video */
export async function liveVideo(page: Page, name = 'Test camera'): Promise<Locator> {
  const tile = tileOf(page, name);
  await until(async () => (await tile.getAttribute('data-live')) !== null, {
    what: `${name} being live`,
    timeoutMs: 30_000,
  });
  return tile.locator('video');
}

export function button(within: Page | Locator, name: string): Locator {
  return within.getByRole('button', { name, exact: true });
}

/** The clips in the strip whose name begins so, newest first. */
export function clips(page: Page, kind: 'Recording' | 'Snapshot'): Locator {
  return page
    .getByRole('list', { name: 'Clips', exact: true })
    .getByRole('button', { name: new RegExp(`^${kind},`) });
}

/** Waits for a text; the words are the test's claim. */
export async function untilText(locator: Locator, pattern: RegExp): Promise<string> {
  const { text } = await until(
    async () => {
      const found = await locator.innerText();
      // In an object, since no text may be what is waited for.
      return pattern.test(found) && { text: found };
    },
    { what: `${pattern}`, timeoutMs: 30_000 },
  );
  return text;
}

export async function untilVisible(locator: Locator): Promise<void> {
  await locator.waitFor({ state: 'visible', timeout: 30_000 });
}

/** Logs in on the login page by a token or an API key. */
export async function signInWithToken(page: Page, token: string): Promise<void> {
  await button(page, 'With a token or an API key').click();
  await page.getByLabel('Access token', { exact: true }).fill(token);
  await page.keyboard.press('Enter');
}

/** Logs in on the login page as a user. */
export async function signIn(
  page: Page,
  { user, password }: { user: string; password: string },
): Promise<void> {
  await page.getByLabel('User', { exact: true }).fill(user);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

/** The form of the login page. */
export function loginForm(page: Page): Locator {
  return page.locator('form').filter({ has: button(page, 'Sign in') });
}
