import { Button, Switch } from '@mantine/core';
import { useState } from 'react';
import type { Control, ControlValue } from './control.ts';
import styles from './controls.module.css';
import { panelTexts } from './texts.ts';

interface ControlInputProps {
  control: Control;
  label: string;
  isDisabled: boolean;
  /** The element that says why it is disabled or was refused. */
  hintId: string | undefined;
  onChange: (value: ControlValue) => void;
}

/** What a control is changed with, by its type. */
export function ControlInput(props: ControlInputProps) {
  switch (props.control.type) {
    case 'bool':
      return <BoolInput {...props} />;
    case 'menu':
    case 'intmenu':
      return <MenuInput {...props} />;
    case 'button':
      return <PressInput {...props} />;
    case 'int':
      return <RangeInput {...props} />;
    default:
      return <PlainInput {...props} />;
  }
}

function BoolInput({ control, label, isDisabled, hintId, onChange }: ControlInputProps) {
  return (
    <Switch
      label={label}
      labelPosition="left"
      classNames={{ body: styles.switch }}
      checked={Boolean(control.value)}
      disabled={isDisabled}
      aria-describedby={hintId}
      onChange={({ currentTarget }) => onChange(currentTarget.checked)}
    />
  );
}

function MenuInput({ control, label, isDisabled, hintId, onChange }: ControlInputProps) {
  return (
    <label className={styles.labelled}>
      <span>{label}</span>
      <select
        className={styles.select}
        value={control.value === null ? '' : String(control.value)}
        disabled={isDisabled}
        aria-describedby={hintId}
        onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}
      >
        {control.value === null && <option value="">{panelTexts.controls.unreadable}</option>}
        {Object.entries(control.menu ?? {}).map(([index, text]) => (
          <option key={index} value={index}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

function PressInput({ label, isDisabled, hintId, onChange }: ControlInputProps) {
  return (
    <div className={styles.labelled}>
      <span>{label}</span>
      <Button
        size="xs"
        variant="default"
        aria-label={`${panelTexts.controls.press} ${label}`}
        aria-describedby={hintId}
        disabled={isDisabled}
        onClick={() => onChange(true)}
      >
        {panelTexts.controls.press}
      </Button>
    </div>
  );
}

function RangeInput({ control, label, isDisabled, hintId, onChange }: ControlInputProps) {
  const { min, max, step, value } = control;
  return (
    <label className={styles.ranged}>
      <span>{label}</span>
      <output className={styles.value}>
        {value === null ? panelTexts.controls.unreadable : String(value)}
      </output>
      <input
        type="range"
        className={styles.range}
        aria-label={label}
        min={min}
        max={max}
        step={Math.max(1, step)}
        value={Number(value ?? min)}
        disabled={isDisabled}
        aria-describedby={hintId}
        onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}
      />
    </label>
  );
}

/** Texts and numbers that no slider could hold; taken with Enter or on leaving. */
function PlainInput({ control, label, isDisabled, hintId, onChange }: ControlInputProps) {
  const [typed, setTyped] = useState<string>();
  const commit = (): void => {
    if (typed !== undefined) onChange(control.type === 'string' ? typed : Number(typed));
    setTyped(undefined);
  };
  return (
    <label className={styles.labelled}>
      <span>{label}</span>
      <input
        className={styles.select}
        value={typed ?? String(control.value ?? '')}
        disabled={isDisabled}
        aria-describedby={hintId}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        onBlur={commit}
        onKeyDown={({ key }) => {
          if (key === 'Enter') commit();
        }}
      />
    </label>
  );
}
