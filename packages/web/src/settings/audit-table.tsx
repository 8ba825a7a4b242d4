import type { Result } from '@mediamtx-camera-service/client';
import { formatTime, formatTimeWithZone } from '../format.ts';
import styles from './audit.module.css';
import { useCameraNames } from './rights-fields.tsx';
import { settingsTexts } from './texts.ts';

const said = settingsTexts.audit;
const columns = Object.entries(said.columns);

export type AuditPage = Result<'get_audit_log'>;
type Entry = AuditPage['entries'][number];

/** The roles are told, since a table that is laid out in another way loses its own. */
export function AuditTable({ entries }: { entries: Entry[] }) {
  if (entries.length === 0) return <p className={styles.none}>{said.none}</p>;
  return (
    <table className={styles.table} role="table" aria-label={said.table}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(([name, label]) => (
            <th key={name} role="columnheader" scope="col">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {entries.map((entry) => (
          <AuditRow key={`${entry.request_id} ${entry.time}`} entry={entry} />
        ))}
      </tbody>
    </table>
  );
}

function AuditRow({ entry }: { entry: Entry }) {
  const nameOf = useCameraNames();
  const { time, method, device, outcome } = entry;
  return (
    <tr role="row" title={said.details(entry.error_code, entry.duration_ms, entry.request_id)}>
      <td role="cell" data-label={said.columns.time}>
        <time dateTime={time} title={formatTimeWithZone(time)}>
          {formatTime(time)}
        </time>
      </td>
      <td role="cell" data-label={said.columns.who}>
        <Who entry={entry} />
      </td>
      <td role="cell" data-label={said.columns.what}>
        <code>{method}</code>
      </td>
      <td role="cell" data-label={said.columns.camera}>
        {device !== null && nameOf(device)}
      </td>
      <td role="cell" data-label={said.columns.from}>
        <span className={styles.address}>{entry.remote_address}</span>
      </td>
      <td role="cell" data-label={said.columns.outcome}>
        <span className={styles.outcome} data-outcome={outcome}>
          <OutcomeMark outcome={outcome} />
          {said.outcomes[outcome]}
        </span>
      </td>
    </tr>
  );
}

/** A key's name says little, since another key or a user may bear it too. */
function Who({ entry }: { entry: Entry }) {
  const { who, role, identity_kind: kind, key_id: keyId } = entry;
  const known = [role && settingsTexts.rights.roles[role], kind && said.kinds[kind]].filter(Boolean);
  return (
    <span>
      {who ?? said.nobody}
      {known.length > 0 && <span className={styles.faint}> {known.join(', ')}</span>}
      {keyId !== null && <code className={styles.key}>{keyId}</code>}
    </span>
  );
}

const marks = { ok: 'M5 12.5l4.5 4.5L19 7.5', refused: 'M6 12h12', failed: 'M7 7l10 10M17 7 7 17' };

function OutcomeMark({ outcome }: { outcome: Entry['outcome'] }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.2"
      aria-hidden="true"
    >
      <path d={marks[outcome]} />
    </svg>
  );
}
