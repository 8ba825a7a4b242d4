import { useSyncExternalStore } from 'react';

export const settingsSections = ['people', 'keys', 'sessions', 'storage', 'audit', 'configuration'] as const;

export type SettingsSection = (typeof settingsSections)[number];

export function settingsAddress(section: SettingsSection): string {
  return `#settings/${section}`;
}

/** The section of the settings that the page's fragment names (`/#settings/people`); null for the cameras. */
export function useSettingsRoute(): SettingsSection | null {
  return useSyncExternalStore(followFragment, readSection);
}

/** Calls back with each change of the fragment. @returns stops it */
export function followFragment(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

/** From the settings to the cameras, without a reload. */
export function showCameras(): void {
  history.pushState(null, '', '/');
  // A pushed state is told to nobody.
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

function readSection(): SettingsSection | null {
  const named = /^#settings(?:\/([a-z]+))?$/.exec(location.hash);
  if (!named) return null;
  return settingsSections.find((section) => section === named[1]) ?? settingsSections[0];
}
