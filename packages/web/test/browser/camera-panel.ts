import type { Locator, Page } from 'playwright-core';
import { button, tileOf, untilVisible } from './camera-page.ts';

/** Opens the panel of a camera from its tile. @returns the panel */
export async function openPanel(page: Page, name = 'Test camera'): Promise<Locator> {
  await tileOf(page, name).hover();
  await button(page, `Details of ${name}`).click();
  return panelOf(page);
}

export async function panelOf(page: Page): Promise<Locator> {
  const panel = page.getByRole('dialog');
  await untilVisible(panel.getByRole('tab', { name: 'Status', exact: true }));
  return panel;
}

export async function openTab(panel: Locator, name: 'Status' | 'Picture' | 'Settings'): Promise<void> {
  await panel.getByRole('tab', { name, exact: true }).click();
}

/** The changes in the panel, newest first. */
export function historyRows(panel: Locator): Locator {
  return panel.getByRole('list', { name: 'Changes, newest first', exact: true }).getByRole('listitem');
}
