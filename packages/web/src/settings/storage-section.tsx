import type { Result } from '@mediamtx-camera-service/client';
import { formatSize } from '../format.ts';
import { WarningIcon } from '../icons.tsx';
import { useAnswer, type Ask } from '../use-answer.ts';
import { CleanUp } from './clean-up.tsx';
import { Waiting } from './parts.tsx';
import styles from './parts.module.css';
import { RetentionForm } from './retention-form.tsx';
import storageStyles from './storage.module.css';
import { settingsTexts } from './texts.ts';

const said = settingsTexts.storage;
/** It fills by itself. */
const everyMs = 15_000;

type Storage = Result<'get_storage_info'>;

const readStorage: Ask<Storage> = (client, signal) => client.call('get_storage_info', {}, { signal });

export function StorageSection() {
  const { value: storage, error, reread } = useAnswer(readStorage, { everyMs });
  if (!storage) return <Waiting error={error} />;
  return (
    <>
      <section className={styles.section} aria-label={said.bar}>
        <DiskBar storage={storage} />
        <DiskWarning storage={storage} />
        <p className={styles.text}>
          {storage.forecast_days === null ? said.noForecast : said.forecast(storage.forecast_days)}
        </p>
      </section>
      <RetentionForm policy={storage.retention_policy} onSaved={reread} />
      <CleanUp hasLimit={hasLimit(storage.retention_policy)} onCleaned={reread} />
    </>
  );
}

function hasLimit({ policy_type: type, max_age_days: days, max_size_gb: size }: Storage['retention_policy']) {
  return (type !== 'size' && days !== null) || (type !== 'age' && size !== null);
}

function DiskBar({ storage }: { storage: Storage }) {
  const parts = partsOf(storage);
  return (
    <>
      <div className={storageStyles.bar} aria-hidden="true">
        {parts
          .filter(({ bytes }) => bytes > 0)
          .map(({ kind, bytes }) => (
            <span key={kind} data-kind={kind} style={{ flexGrow: bytes / storage.total_space }} />
          ))}
      </div>
      <dl className={storageStyles.legend}>
        {parts.map(({ kind, bytes, count }) => (
          <div key={kind}>
            <dt>
              <span data-kind={kind} aria-hidden="true" />
              {said[kind]}
            </dt>
            <dd>
              {formatSize(bytes)}
              {count !== undefined && <span>, {said.count(count)}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

interface Part {
  kind: 'recordings' | 'snapshots' | 'other' | 'free';
  bytes: number;
  count?: number;
}

function partsOf(storage: Storage): Part[] {
  const { recordings_size: recordings, snapshots_size: snapshots, available_space: free } = storage;
  const other = Math.max(0, storage.total_space - free - recordings - snapshots);
  return [
    { kind: 'recordings', bytes: recordings, count: storage.recordings_count },
    { kind: 'snapshots', bytes: snapshots, count: storage.snapshots_count },
    { kind: 'other', bytes: other },
    { kind: 'free', bytes: free },
  ];
}

function DiskWarning({ storage }: { storage: Storage }) {
  const { critical_space_warning: isCritical, low_space_warning: isLow, threshold } = storage;
  if (!isCritical && !isLow) return null;
  return (
    <p className={storageStyles.warning} role="alert">
      <WarningIcon />
      {isCritical ? said.critical(threshold) : said.low(threshold)}
    </p>
  );
}
