const quote = 0x22;
const backslash = 0x5c;

/**
 * The digits of a request's numeric `id` as they stand in the text, for numbers that a double can't hold exactly
 * (a nanosecond clock as id): an id is echoed unchanged. `index` is the request's place in a batch.
 */
export function exactIdText(text: string, index?: number): string | undefined {
  const requestDepth = index === undefined ? 1 : 2;
  let depth = 0;
  let element = 0;
  let found: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const end = endOfString(text, at);
      const isKey = depth === requestDepth && (index === undefined || element === index);
      // Of a key that stands twice, JSON.parse takes the last.
      if (isKey && isIdKey(text.slice(at, end))) found = numberAfterColon(text, end) ?? found;
      at = end - 1;
    } else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    else if (char === ',' && depth === 1) element += 1;
  }
  return found;
}

/** Just behind the closing quote. The text is known to be JSON. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1;
  return at + 1;
}

function isIdKey(literal: string): boolean {
  return literal === '"id"' || (literal.includes('\\u') && JSON.parse(literal) === 'id');
}

function numberAfterColon(text: string, from: number): string | undefined {
  const numberPattern = /\s*:\s*(-?[0-9][0-9.eE+-]*)/y;
  numberPattern.lastIndex = from;
  return numberPattern.exec(text)?.[1];
}
