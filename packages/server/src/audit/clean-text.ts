import { redactText } from '../redact.ts';

// What a terminal or a reader of lines obeys, and halves of characters, which no encoding has.
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\p{Cs}]/gu;
/** Secrets are found before the rest is cut off; nothing longer is looked at. */
const maxLookedAt = 2_000;

/** Most are words and addresses, in which nothing is to be looked for. */
const plain = /^(?!csk_|eyJ)[\w.:]{1,40}$/;

/** A text of a caller as the audit log holds it: bounded, without secrets, control characters written as `\u000a`. */
export function cleanText(text: string, maxLength: number): string {
  if (plain.test(text)) return text;
  const safe = redactText(text.slice(0, maxLookedAt)).replace(unsafe, escape);
  return safe.length <= maxLength ? safe : `${safe.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
