import { problemFor } from './problem.ts';

export type ControlRule =
  | 'unknown'
  | 'type'
  | 'range'
  | 'step'
  | 'menu'
  | 'disabled'
  | 'read_only'
  | 'inactive'
  | 'grabbed'
  | 'refused';

/** A value that a control does not take; nothing was changed. `hint` is a sentence for a person. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly control: string;
  readonly rule: ControlRule;
  readonly hint: string;

  constructor(control: string, rule: ControlRule, hint: string) {
    super(`${control}: ${hint}`);
    this.control = control;
    this.rule = rule;
    this.hint = hint;
  }
}

/** The camera cannot be asked for its controls; `code` is the errno's name, ETIMEDOUT where it did not answer in time. */
export class ControlsUnavailableError extends Error {
  override readonly name = 'ControlsUnavailableError';
  readonly code: string;

  constructor(code: string, options?: { cause?: unknown }) {
    super(code === 'ETIMEDOUT' ? 'the camera takes long to answer' : problemFor(code).reason, options);
    this.code = code;
  }
}
