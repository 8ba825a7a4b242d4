import { ResetIcon } from '../icons.tsx';
import { ControlInput } from './control-input.tsx';
import { defaultOf, isAtDefault, labelOf, type Control, type ControlValue } from './control.ts';
import styles from './controls.module.css';
import { panelTexts } from './texts.ts';

interface ControlFieldProps {
  control: Control;
  /** Why it can't be changed at present. */
  lock: string | null;
  isReadOnly: boolean;
  refusal: string | undefined;
  onChange: (value: ControlValue) => void;
}

/** One control with its name, its value, the way back to its default, and why it is as it is. */
export function ControlField({ control, lock, isReadOnly, refusal, onChange }: ControlFieldProps) {
  const label = labelOf(control);
  const hintId = `control-${control.id}-hint`;
  const hint = refusal ?? lock ?? undefined;
  const isLocked = isReadOnly || lock !== null;
  return (
    <div className={styles.field} data-locked={lock !== null || undefined}>
      <div className={styles.input}>
        <ControlInput
          control={control}
          label={label}
          isDisabled={isLocked}
          hintId={hint === undefined ? undefined : hintId}
          onChange={onChange}
        />
      </div>
      {!isReadOnly && control.type !== 'button' && control.type !== 'string' && (
        <button
          type="button"
          className={styles.reset}
          aria-label={panelTexts.controls.reset(label)}
          title={`${panelTexts.controls.reset(label)} (${defaultText(control)})`}
          disabled={isLocked || isAtDefault(control)}
          onClick={() => onChange(defaultOf(control))}
        >
          <ResetIcon />
        </button>
      )}
      {hint !== undefined && (
        <p id={hintId} className={styles.hint} data-refused={refusal !== undefined || undefined}>
          {hint}
        </p>
      )}
    </div>
  );
}

function defaultText({ menu, default: usual }: Control): string {
  return menu?.[String(usual)] ?? String(usual);
}
