import { Button, NativeSelect, PasswordInput, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { accountTexts } from '../account/texts.ts';
import type { Task } from '../use-task.ts';
import { kindOf, readingsOf, textOf } from './config-value.ts';
import styles from './parts.module.css';
import { settingsTexts } from './texts.ts';

const said = settingsTexts.configuration;

interface ConfigFormProps {
  path: string;
  value: unknown;
  task: Task;
  onSave: (readings: unknown[]) => void;
  /** Absent where it is the default. */
  onReset: (() => void) | undefined;
  onCancel: () => void;
}

export function ConfigForm({ path, value, task, onSave, onReset, onCancel }: ConfigFormProps) {
  const [text, setText] = useState(() => textOf(value));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSave(readingsOf(text, value));
  };
  return (
    <form className={styles.form} onSubmit={submit} aria-label={said.changeOf(path)} noValidate>
      <ConfigField path={path} value={value} text={text} error={task.error} onChange={setText} />
      <div className={styles.buttons}>
        <Button type="submit" loading={task.isRunning}>
          {settingsTexts.save}
        </Button>
        {onReset && (
          <Button variant="default" onClick={onReset}>
            {said.reset}
          </Button>
        )}
        <Button variant="default" onClick={onCancel}>
          {settingsTexts.cancel}
        </Button>
      </div>
    </form>
  );
}

interface ConfigFieldProps {
  path: string;
  value: unknown;
  text: string;
  error: string | null;
  onChange: (text: string) => void;
}

function ConfigField({ path, value, text, error, onChange }: ConfigFieldProps) {
  const field = {
    label: said.valueOf(path),
    error,
    value: text,
    autoFocus: true,
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) => onChange(currentTarget.value),
  };
  const kind = kindOf(value);
  if (kind === 'switch') {
    const choices = [
      { value: 'true', label: said.yes },
      { value: 'false', label: said.no },
    ];
    return <NativeSelect {...field} data={choices} />;
  }
  if (kind === 'list') return <Textarea {...field} description={said.onePerLine} rows={4} />;
  if (value === '***') {
    return (
      <PasswordInput
        {...field}
        description={said.secretHint}
        autoComplete="off"
        visibilityToggleButtonProps={{ 'aria-label': accountTexts.reveal }}
      />
    );
  }
  return <TextInput {...field} autoComplete="off" spellCheck={false} />;
}
