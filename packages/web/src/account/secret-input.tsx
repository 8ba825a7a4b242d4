import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import { accountTexts } from './texts.ts';

/** What is typed unseen; the eye that shows it is reached by keyboard too. */
export function SecretInput(props: PasswordInputProps) {
  return (
    <PasswordInput
      visibilityToggleButtonProps={{ 'aria-label': accountTexts.reveal }}
      visibilityToggleFocusable
      required
      withAsterisk={false}
      // Mantine says it of every field but this one.
      aria-invalid={Boolean(props.error) || undefined}
      {...props}
    />
  );
}
