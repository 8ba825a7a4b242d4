import { lazy, Suspense } from 'react';
import type { SettingsSection } from '../route.ts';
import { texts } from '../texts.ts';
import { SettingsHeader } from './header.tsx';
import styles from './page.module.css';

// In its own file: no first picture waits for it.
const SettingsPage = lazy(() =>
  import('../settings/settings-page.tsx').catch(() => ({ default: SettingsUnavailable })),
);

/** The settings in place of the cameras; their file is loaded when they are opened. */
export function SettingsHost({ section }: { section: SettingsSection }) {
  return (
    <>
      <SettingsHeader />
      <Suspense fallback={<p className={styles.loading}>{texts.loading} …</p>}>
        <SettingsPage section={section} />
      </Suspense>
    </>
  );
}

/** The service was replaced by another version while the page was open. */
function SettingsUnavailable() {
  return (
    <p className={styles.loading} role="alert">
      {texts.settingsUnavailable}
    </p>
  );
}
