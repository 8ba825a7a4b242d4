import './mantine.css';
import { Fragment, useEffect, useRef, type ComponentType } from 'react';
import { settingsAddress, settingsSections, type SettingsSection } from '../route.ts';
import { texts } from '../texts.ts';
import { AuditSection } from './audit-section.tsx';
import { ConfigurationSection } from './configuration-section.tsx';
import { KeysSection } from './keys-section.tsx';
import { PeopleSection } from './people-section.tsx';
import { SessionsSection } from './sessions-section.tsx';
import styles from './settings-page.module.css';
import { StorageSection } from './storage-section.tsx';
import { settingsTexts } from './texts.ts';

const sections: Record<SettingsSection, ComponentType> = {
  people: PeopleSection,
  keys: KeysSection,
  sessions: SessionsSection,
  storage: StorageSection,
  audit: AuditSection,
  configuration: ConfigurationSection,
};

/** What administrators set and look after; each section has an address of its own. */
export default function SettingsPage({ section }: { section: SettingsSection }) {
  const Section = sections[section];
  const title = settingsTexts.sections[section];
  useEffect(() => {
    document.title = `${title} · ${texts.title}`;
    return () => {
      document.title = texts.title;
    };
  }, [title]);
  return (
    <div className={styles.page}>
      <nav className={styles.nav} aria-label={texts.settings}>
        {settingsSections.map((name) => (
          <a key={name} href={settingsAddress(name)} aria-current={name === section ? 'page' : undefined}>
            {settingsTexts.sections[name]}
          </a>
        ))}
      </nav>
      <main className={styles.main}>
        <Fragment key={section}>
          <Heading text={title} />
          <p className={styles.intro}>{settingsTexts.intros[section]}</p>
          <Section />
        </Fragment>
      </main>
    </div>
  );
}

/** Takes the focus, so that a screen reader tells where one is, and the next Tab goes on from there. */
function Heading({ text }: { text: string }) {
  const headingRef = useRef<HTMLHeadingElement>(null);
  useEffect(() => headingRef.current?.focus({ preventScroll: true }), []);
  return (
    <h1 ref={headingRef} tabIndex={-1}>
      {text}
    </h1>
  );
}
