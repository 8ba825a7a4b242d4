import { NativeSelect, TextInput } from '@mantine/core';
import type { ParamsInput } from '@mediamtx-camera-service/client';
import { useRef, type FormEvent } from 'react';
import { useAppState } from '../app-context.ts';
import { useAnswer } from '../use-answer.ts';
import styles from './audit.module.css';
import { readKeys } from './keys-section.tsx';
import { settingsTexts } from './texts.ts';

const said = settingsTexts.audit;
const outcomes = Object.entries(said.outcomes).map(([value, label]) => ({ value, label }));

export type AuditFilter = Omit<ParamsInput<'get_audit_log'>, 'limit' | 'offset'>;

/** What is chosen holds at once, what is typed with Enter or on leaving the field. */
export function AuditFilters({ onChange }: { onChange: (filter: AuditFilter) => void }) {
  const cameras = useAppState((state) => state.cameras);
  const { value: keys } = useAnswer(readKeys);
  const formRef = useRef<HTMLFormElement>(null);
  const last = useRef('{}');
  const apply = (event?: FormEvent): void => {
    event?.preventDefault();
    if (!formRef.current) return;
    const filter = filterOf(new FormData(formRef.current));
    const text = JSON.stringify(filter);
    if (text === last.current) return;
    last.current = text;
    onChange(filter);
  };
  return (
    <form ref={formRef} className={styles.filters} aria-label={said.filters} onSubmit={apply}>
      <TextInput name="user" label={said.user} autoComplete="off" spellCheck={false} onBlur={() => apply()} />
      <NativeSelect name="key_id" label={said.key} onChange={() => apply()}>
        <option value="">{said.any}</option>
        {keys?.map(({ key_id: id, name }) => (
          <option key={id} value={id}>
            {said.keyOption(name, id)}
          </option>
        ))}
      </NativeSelect>
      <TextInput
        name="method"
        label={said.method}
        placeholder={said.methodExample}
        autoComplete="off"
        spellCheck={false}
        onBlur={() => apply()}
      />
      <NativeSelect name="device" label={said.camera} onChange={() => apply()}>
        <option value="">{said.any}</option>
        {cameras.map(({ device, name }) => (
          <option key={device} value={device}>
            {name}
          </option>
        ))}
      </NativeSelect>
      <NativeSelect
        name="outcome"
        label={said.outcome}
        onChange={() => apply()}
        data={[{ value: '', label: said.any }, ...outcomes]}
      />
      <TextInput
        name="from"
        type="datetime-local"
        label={said.from}
        className={styles.time}
        onBlur={() => apply()}
      />
      <TextInput
        name="to"
        type="datetime-local"
        label={said.to}
        className={styles.time}
        onBlur={() => apply()}
      />
      {/* So that Enter sends a form of several fields. */}
      <button type="submit" hidden />
    </form>
  );
}

function filterOf(data: FormData): AuditFilter {
  const given = [...data].flatMap(([name, entry]) => {
    const text = typeof entry === 'string' ? entry.trim() : '';
    if (text === '') return [];
    // The field has local time without a zone.
    const isTime = name === 'from' || name === 'to';
    return [[name, isTime ? new Date(text).toISOString() : text]];
  });
  return Object.fromEntries(given) as AuditFilter;
}
