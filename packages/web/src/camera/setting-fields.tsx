import { NativeSelect, Switch, TextInput } from '@mantine/core';
import { useState, type KeyboardEvent } from 'react';
import styles from './settings.module.css';
import { panelTexts } from './texts.ts';
import type { FieldState } from './use-settings.ts';

const said = panelTexts.settings;

interface FieldProps<T> {
  label: string;
  hint?: string;
  state: FieldState;
  onSave: (value: T) => void;
}

interface SelectFieldProps extends FieldProps<string | null> {
  /** null stands for the default, which is the first of the options. */
  value: string | null;
  ofNull: string;
  options: (readonly [value: string, text: string])[];
}

export function SelectField({ label, hint, value, ofNull, options, state, onSave }: SelectFieldProps) {
  const isOffered = value === null || options.some(([offered]) => offered === value);
  return (
    <NativeSelect
      label={<Label text={label} state={state} />}
      aria-label={label}
      description={hint}
      error={errorOf(state)}
      value={value ?? ''}
      onChange={({ currentTarget }) => onSave(currentTarget.value === '' ? null : currentTarget.value)}
    >
      <option value="">{ofNull}</option>
      {!isOffered && <option value={value}>{value}</option>}
      {options.map(([offered, text]) => (
        <option key={offered} value={offered}>
          {text}
        </option>
      ))}
    </NativeSelect>
  );
}

interface TextFieldProps extends FieldProps<string | null> {
  value: string | null;
  placeholder: string;
  unit?: string;
}

/** Saved with Enter or on leaving it; empty is the default. */
export function TextField({ label, hint, value, placeholder, unit, state, onSave }: TextFieldProps) {
  const [typed, setTyped] = useState<string>();
  const commit = (): void => {
    if (typed === undefined) return;
    const text = typed.trim();
    if (text !== (value ?? '')) onSave(text === '' ? null : text);
    // A refused text stays, to be mended.
    if (text === (value ?? '')) setTyped(undefined);
  };
  const handleKey = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Enter') commit();
    if (event.key !== 'Escape' || typed === undefined) return;
    // Only the text is given up, not the panel.
    event.stopPropagation();
    setTyped(undefined);
  };
  return (
    <TextInput
      label={<Label text={label} state={state} />}
      aria-label={label}
      description={hint}
      error={errorOf(state)}
      placeholder={placeholder}
      value={typed ?? value ?? ''}
      rightSection={unit === undefined ? undefined : <span className={styles.unit}>{unit}</span>}
      rightSectionWidth={56}
      autoComplete="off"
      spellCheck={false}
      onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      onBlur={commit}
      onKeyDown={handleKey}
    />
  );
}

interface NumberFieldProps extends FieldProps<number | null> {
  value: number | null;
  placeholder: string;
  unit: string;
  onRefuse: (problem: string) => void;
}

export function NumberField({ value, onSave, onRefuse, ...rest }: NumberFieldProps) {
  const take = (text: string | null): void => {
    const number = Number(text);
    if (Number.isNaN(number)) onRefuse(said.notANumber);
    else onSave(text === null ? null : number);
  };
  return <TextField {...rest} value={value === null ? null : String(value)} onSave={take} />;
}

interface SwitchFieldProps extends FieldProps<boolean> {
  isOn: boolean;
}

export function SwitchField({ label, hint, isOn, state, onSave }: SwitchFieldProps) {
  return (
    <Switch
      label={<Label text={label} state={state} />}
      aria-label={label}
      description={hint}
      error={errorOf(state)}
      checked={isOn}
      onChange={({ currentTarget }) => onSave(currentTarget.checked)}
    />
  );
}

function Label({ text, state }: { text: string; state: FieldState }) {
  return (
    <>
      {text}
      {state?.isSaved && <span className={styles.saved}>{said.saved}</span>}
    </>
  );
}

function errorOf(state: FieldState): string | undefined {
  return state && !state.isSaved ? state.error : undefined;
}
