/** A value of the configuration as a person types it. */
export type ConfigKind = 'switch' | 'list' | 'text';

/** The list of keys tells no types; the present value does, as far as there is one. */
export function kindOf(value: unknown): ConfigKind {
  if (typeof value === 'boolean') return 'switch';
  return Array.isArray(value) ? 'list' : 'text';
}

/** What stands in the field at first; `***` hides what nobody may see. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined || value === '***') return '';
  if (Array.isArray(value)) return value.map(String).join('\n');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * What a typed text may mean, the likeliest first: a key whose value is a word or not set may take a number too, and
 * only the service knows.
 */
export function readingsOf(text: string, before: unknown): unknown[] {
  const kind = kindOf(before);
  if (kind === 'switch') return [text === 'true'];
  if (kind === 'list') {
    return [
      text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    ];
  }
  const trimmed = text.trim();
  const isNumber = /^-?\d+(?:\.\d+)?$/.test(trimmed);
  if (!isNumber) return [trimmed];
  return typeof before === 'number' ? [Number(trimmed)] : [Number(trimmed), trimmed];
}
