import { Button } from '@mantine/core';
import { RpcCallError } from '@mediamtx-camera-service/client';
import { useState } from 'react';
import { useApp } from '../app-context.ts';
import { useTask } from '../use-task.ts';
import { ConfigForm } from './config-form.tsx';
import styles from './configuration.module.css';
import { explainHere } from './explain-here.ts';
import partStyles from './parts.module.css';
import { settingsTexts } from './texts.ts';
import { useInPlace } from './use-in-place.ts';

const said = settingsTexts.configuration;

interface ConfigRowProps {
  path: string;
  value: unknown;
  /** Absent: the default. */
  source: 'file' | 'environment' | 'command_line' | undefined;
  isWaiting: boolean;
  /** The value that waits, where one does. */
  pending: unknown;
  onChanged: () => void;
}

export function ConfigRow({ path, value, source, isWaiting, pending, onChanged }: ConfigRowProps) {
  const { client, store } = useApp();
  const task = useTask(explainHere);
  const { open, show, close } = useInPlace<'form'>();
  const [outcome, setOutcome] = useState<string | null>(null);
  const isFixed = source === 'environment' || source === 'command_line';

  /** Tries what was typed as each of what it may mean, until one is taken. */
  const change = async (readings: unknown[]): Promise<void> => {
    const [reading, ...others] = readings;
    try {
      const { restart_needed: waiting } = await client.call('set_config', { changes: { [path]: reading } });
      const told = waiting.includes(path) ? said.kept : said.applied;
      close();
      setOutcome(told);
      store.announce(told);
      onChanged();
    } catch (error) {
      const isOfType = error instanceof RpcCallError && error.data['rule'] === 'type';
      if (!isOfType || others.length === 0) throw error;
      await change(others);
    }
  };

  return (
    <li className={styles.key} aria-label={path}>
      <div className={styles.head}>
        <span className={styles.name}>
          {path}
          {source !== undefined && <span className={partStyles.badge}>{said.sources[source]}</span>}
          {isWaiting && (
            <span className={partStyles.badge} data-tone="trouble">
              {said.needsRestart}
            </span>
          )}
        </span>
        <ConfigValue value={value} />
        {!isFixed && (
          <Button
            variant="default"
            aria-label={said.changeOf(path)}
            onClick={() => {
              setOutcome(null);
              show('form');
            }}
          >
            {settingsTexts.change}
          </Button>
        )}
      </div>
      {isWaiting && <p className={partStyles.text}>{said.afterRestart(shown(pending))}</p>}
      {isFixed && <p className={partStyles.text}>{said.fixed[source]}</p>}
      {outcome !== null && <p className={partStyles.done}>✓ {outcome}</p>}
      {open !== null && (
        <ConfigForm
          path={path}
          value={isWaiting ? pending : value}
          task={task}
          onSave={(readings) => task.run(() => change(readings))}
          onReset={source === 'file' ? () => task.run(() => change([null])) : undefined}
          onCancel={close}
        />
      )}
    </li>
  );
}

function ConfigValue({ value }: { value: unknown }) {
  const isUnset = value === null || value === undefined || (Array.isArray(value) && value.length === 0);
  return (
    <span className={styles.value} data-unset={isUnset || undefined}>
      {shown(value)}
    </span>
  );
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return said.notSet;
  if (typeof value === 'boolean') return value ? said.yes : said.no;
  if (Array.isArray(value)) return value.length === 0 ? said.empty : value.map(String).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
