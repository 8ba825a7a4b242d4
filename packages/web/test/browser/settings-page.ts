import { until } from '@mediamtx-camera-service/testkit';
import type { Locator, Page } from 'playwright-core';

export type SectionName = 'People' | 'API keys' | 'Sessions' | 'Storage' | 'Audit log' | 'Configuration';

/** Opens a section by the links that a person has. */
export async function openSection(page: Page, name: SectionName): Promise<void> {
  const settings = page.getByRole('navigation', { name: 'Settings', exact: true });
  if (!(await settings.isVisible())) await page.getByRole('link', { name: 'Settings', exact: true }).click();
  await settings.getByRole('link', { name, exact: true }).click();
  await until(async () => (await page.getByRole('heading', { level: 1 }).allInnerTexts()).join() === name, {
    what: `${name} alone`,
  });
}

/** The entries of a section's list. */
export function rows(page: Page, list: string): Locator {
  return page.getByRole('list', { name: list, exact: true }).locator('> li');
}

export function row(page: Page, name: string): Locator {
  return page.getByRole('listitem', { name, exact: true });
}
