const quote = 0x22;
const backslash = 0x5c;

/**
 * The numeric ids of a message as they stand in its text, for numbers that a double can't hold exactly (a nanosecond
 * clock as id): an id is echoed unchanged. The text, known to be JSON, is read once, and only where it is needed.
 */
export class ExactIds {
  readonly #text: string;
  readonly #requestDepth: number;
  #found: Map<number, string> | undefined;

  constructor(text: string, isBatch: boolean) {
    this.#text = text;
    this.#requestDepth = isBatch ? 2 : 1;
  }

  /** `index`: the request's place in a batch, else 0. */
  at(index: number): string | undefined {
    this.#found ??= this.#scan();
    return this.#found.get(index);
  }

  #scan(): Map<number, string> {
    const text = this.#text;
    const found = new Map<number, string>();
    let depth = 0;
    let index = 0;
    for (let at = 0; at < text.length; at++) {
      const char = text[at];
      if (char === '"') {
        const end = endOfString(text, at);
        const id =
          depth === this.#requestDepth && isIdKey(text.slice(at, end)) && numberAfterColon(text, end);
        // Of a key that stands twice, JSON.parse takes the last.
        if (id) found.set(index, id);
        at = end - 1;
      } else if (char === '{' || char === '[') depth += 1;
      else if (char === '}' || char === ']') depth -= 1;
      else if (char === ',' && depth === this.#requestDepth - 1) index += 1;
    }
    return found;
  }
}

/** Just behind the closing quote. */
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
