import { Button } from '@mantine/core';
import type { ParamsInput } from '@mediamtx-camera-service/client';
import { useCallback, useState } from 'react';
import { useAnswer, type Ask } from '../use-answer.ts';
import { AuditFilters, type AuditFilter } from './audit-filters.tsx';
import { AuditTable, type AuditPage } from './audit-table.tsx';
import { Problem, Waiting } from './parts.tsx';
import styles from './parts.module.css';
import { settingsTexts } from './texts.ts';

const said = settingsTexts.audit;
const pageLength = 50;

export function AuditSection() {
  const [filter, setFilter] = useState<AuditFilter>({});
  const [offset, setOffset] = useState(0);
  const ask: Ask<AuditPage> = useCallback(
    (client, signal) => client.call('get_audit_log', paramsOf(filter, offset), { signal }),
    [filter, offset],
  );
  const { value: page, error } = useAnswer(ask);
  const change = (wanted: AuditFilter): void => {
    setFilter(wanted);
    setOffset(0);
  };
  return (
    <>
      <AuditFilters onChange={change} />
      {page ? (
        <>
          <Problem>{error}</Problem>
          <AuditTable entries={page.entries} />
          <Pages page={page} onMove={setOffset} />
        </>
      ) : (
        <Waiting error={error} />
      )}
    </>
  );
}

function paramsOf(filter: AuditFilter, offset: number): ParamsInput<'get_audit_log'> {
  return { ...filter, offset, limit: pageLength };
}

function Pages({ page, onMove }: { page: AuditPage; onMove: (offset: number) => void }) {
  const { offset, total, entries } = page;
  if (entries.length === 0) return null;
  const end = offset + entries.length;
  const before = Math.max(0, offset - pageLength);
  return (
    <div className={styles.buttons}>
      {total > entries.length && (
        <>
          <Button variant="default" disabled={offset === 0} onClick={() => onMove(before)}>
            {said.newer}
          </Button>
          <Button variant="default" disabled={end >= total} onClick={() => onMove(end)}>
            {said.older}
          </Button>
        </>
      )}
      <p className={styles.text} role="status">
        {said.range(offset + 1, end, total)}
      </p>
    </div>
  );
}
