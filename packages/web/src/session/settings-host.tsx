import { Suspense } from 'react';
import type { SettingsSection } from '../route.ts';
import { texts } from '../texts.ts';
import { lazyPart } from '../lazy-part.tsx';
import { SettingsHeader } from './header.tsx';
import styles from './page.module.css';

const SettingsPage = lazyPart(() => import('../settings/settings-page.tsx'));

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
