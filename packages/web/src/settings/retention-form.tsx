import { Button, NativeSelect, Switch, TextInput } from '@mantine/core';
import { RpcCallError, type ParamsInput, type Result } from '@mediamtx-camera-service/client';
import { useState, type FormEvent } from 'react';
import { useApp } from '../app-context.ts';
import { explainField } from '../explain.ts';
import { useTask } from '../use-task.ts';
import { explainHere } from './explain-here.ts';
import { Problem } from './parts.tsx';
import styles from './parts.module.css';
import { settingsTexts } from './texts.ts';

const said = settingsTexts.storage.policy;

type Policy = Result<'get_storage_info'>['retention_policy'];

interface RetentionFormProps {
  policy: Policy;
  onSaved: () => void;
}

/** What the fields hold; numbers as they are typed. */
interface Draft {
  type: Policy['policy_type'];
  days: string;
  size: string;
  isEnabled: boolean;
}

export function RetentionForm({ policy, onSaved }: RetentionFormProps) {
  const { client, store } = useApp();
  const { isRunning, error, run } = useTask(explainPolicy);
  const [typed, setTyped] = useState<Partial<Draft>>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [isSaved, setSaved] = useState(false);
  const draft = { ...draftOf(policy), ...typed };
  const change = (part: Partial<Draft>): void => {
    setTyped({ ...typed, ...part });
    setSaved(false);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const wanted = policyOf(draft);
    setProblem(wanted === null ? said.notANumber : null);
    if (wanted === null) return;
    run(async () => {
      await client.call('set_retention_policy', wanted);
      setTyped({});
      setSaved(true);
      onSaved();
      store.announce(said.saved);
    });
  };
  return (
    <form className={styles.section} onSubmit={submit} aria-label={said.title} noValidate>
      <h2>{said.title}</h2>
      <p className={styles.text}>{said.text}</p>
      <div className={styles.form}>
        <RetentionFields draft={draft} onChange={change} />
        <Problem>{problem ?? error}</Problem>
        <div className={styles.buttons}>
          <Button type="submit" loading={isRunning}>
            {settingsTexts.save}
          </Button>
          {isSaved && <span className={styles.done}>✓ {said.saved}</span>}
        </div>
      </div>
    </form>
  );
}

interface RetentionFieldsProps {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
}

function RetentionFields({ draft, onChange }: RetentionFieldsProps) {
  const { type, days, size, isEnabled } = draft;
  return (
    <>
      <NativeSelect
        label={said.by}
        value={type}
        onChange={({ currentTarget }) => onChange({ type: currentTarget.value as Draft['type'] })}
        data={Object.entries(said.types).map(([value, label]) => ({ value, label }))}
      />
      {type !== 'size' && (
        <TextInput
          label={said.days}
          value={days}
          inputMode="numeric"
          autoComplete="off"
          onChange={({ currentTarget }) => onChange({ days: currentTarget.value })}
        />
      )}
      {type !== 'age' && (
        <TextInput
          label={said.size}
          value={size}
          inputMode="decimal"
          autoComplete="off"
          onChange={({ currentTarget }) => onChange({ size: currentTarget.value })}
        />
      )}
      {type !== 'manual' && (
        <Switch
          label={said.enabled}
          description={said.enabledHint}
          checked={isEnabled}
          onChange={({ currentTarget }) => onChange({ isEnabled: currentTarget.checked })}
        />
      )}
    </>
  );
}

function draftOf({ policy_type: type, max_age_days: days, max_size_gb: size, enabled }: Policy): Draft {
  return { type, days: String(days ?? ''), size: String(size ?? ''), isEnabled: enabled };
}

/** Null where a number is none. A limit whose field isn't shown stays as it was. */
function policyOf({ type, days, size, isEnabled }: Draft): ParamsInput<'set_retention_policy'> | null {
  const [maxAgeDays, maxSizeGb] = [days, size].map((text) => (text.trim() === '' ? null : Number(text)));
  const limits = {
    ...(type !== 'size' && { max_age_days: maxAgeDays }),
    ...(type !== 'age' && { max_size_gb: maxSizeGb }),
  };
  if (Object.values(limits).some(Number.isNaN)) return null;
  return { policy_type: type, enabled: isEnabled, ...limits };
}

function explainPolicy(error: unknown): string {
  const param = error instanceof RpcCallError ? error.data['param'] : undefined;
  if (param !== 'max_age_days' && param !== 'max_size_gb') return explainHere(error);
  return `${param === 'max_age_days' ? said.days : said.size}: ${explainField(error)}`;
}
