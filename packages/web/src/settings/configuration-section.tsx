import { TextInput } from '@mantine/core';
import type { Result } from '@mediamtx-camera-service/client';
import { useState } from 'react';
import { useAnswer, type Ask } from '../use-answer.ts';
import { ConfigRow } from './config-row.tsx';
import { Waiting } from './parts.tsx';
import styles from './parts.module.css';
import configStyles from './configuration.module.css';
import { settingsTexts } from './texts.ts';

const said = settingsTexts.configuration;

type Configuration = Result<'get_config'>;

const readConfiguration: Ask<Configuration> = (client, signal) => client.call('get_config', {}, { signal });

export function ConfigurationSection() {
  const { value: configuration, error, reread } = useAnswer(readConfiguration);
  const [wanted, setWanted] = useState('');
  if (!configuration) return <Waiting error={error} />;
  const { config, restart_needed: waiting, pending, file } = configuration;
  const sections = Object.entries(config)
    .map(([section, values]) => ({ section, paths: pathsOf(section, values, wanted) }))
    .filter(({ paths }) => paths.length > 0);
  return (
    <>
      <p className={styles.text}>{said.file(file)}</p>
      {waiting.length > 0 && (
        <p className={styles.problem} role="status">
          {said.waiting(waiting.length)}
        </p>
      )}
      <TextInput
        className={configStyles.find}
        type="search"
        label={said.find}
        value={wanted}
        autoComplete="off"
        onChange={({ currentTarget }) => setWanted(currentTarget.value)}
      />
      {sections.length === 0 && <p className={styles.text}>{said.none}</p>}
      {sections.map(({ section, paths }) => (
        <section key={section} className={styles.section} aria-label={section}>
          <h2>{section}</h2>
          <ul className={configStyles.keys}>
            {paths.map((path) => (
              <ConfigRow
                key={path}
                path={path}
                value={config[section]?.[path.slice(section.length + 1)]}
                source={configuration.sources[path]}
                isWaiting={waiting.includes(path)}
                pending={pending[path]}
                onChanged={reread}
              />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function pathsOf(section: string, values: Record<string, unknown>, wanted: string): string[] {
  const text = wanted.trim().toLowerCase();
  return Object.keys(values)
    .map((key) => `${section}.${key}`)
    .filter((path) => path.includes(text));
}
