import { SecretInput } from './secret-input.tsx';
import { accountTexts } from './texts.ts';

/** As the service wants it. */
export const shortestPassword = 10;

interface NewPasswordProps {
  label: string;
  value: string;
  error?: string | null | undefined;
  onChange: (password: string) => void;
  takesFocus?: boolean;
}

/** A password to be; says how much is missing while it is typed. */
export function NewPassword({ label, value, error, onChange, takesFocus = false }: NewPasswordProps) {
  return (
    <SecretInput
      label={label}
      description={hintFor(value)}
      value={value}
      autoFocus={takesFocus}
      error={error}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      autoComplete="new-password"
    />
  );
}

/** @returns what is wrong with it, or null */
export function problemOfNew(password: string): string | null {
  return password.length < shortestPassword ? accountTexts.tooShort(shortestPassword) : null;
}

/** @returns what is wrong with it typed once more, or null; nothing while it is wrong itself */
export function problemOfRepeated(password: string, repeated: string): string | null {
  return problemOfNew(password) === null && repeated !== password ? accountTexts.differs : null;
}

function hintFor(password: string): string {
  const missing = shortestPassword - password.length;
  if (password === '') return accountTexts.hint(shortestPassword);
  return missing > 0 ? accountTexts.missing(missing) : accountTexts.longEnough;
}
