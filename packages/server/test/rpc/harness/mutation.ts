import { isMethodName, methods, type MethodName } from '@mediamtx-camera-service/protocol';
import { sampleOf } from './sample.ts';

/** A camera that no service of a test has, so that most calls end before anything is done. */
const absent = 'camera99';

const scalars = [
  ...[
    '',
    '2.0',
    'ping',
    'camera0',
    absent,
    '/dev/video0',
    '../../etc/passwd',
    '\u0000',
    'a\nb',
    '💥',
    '\ud800',
  ],
  ...[
    '\u202e',
    'ﬀ',
    'x'.repeat(300),
    '__proto__',
    '1e400',
    '2026-01-01T00:00:00.000Z',
    '%00',
    '${x}',
    "' or 1=1",
  ],
  ...[0, -0, -1, 1, 1.5, 64, 86_401, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 5e-324, null, true, false],
];
const keys = [
  ...[
    'jsonrpc',
    'method',
    'params',
    'id',
    'device',
    'device_path',
    'topics',
    'filters',
    'controls',
    'changes',
  ],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', '0', '\u0000', 'then', 'toJSON'],
];
const splices = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\',
  '\\ud800',
  '\\u0000',
  '1e400',
  '-',
  '0',
  '\u0007',
  'null',
];

export interface MutatorOptions {
  random: () => number;
  /** The methods that are called; all by default. */
  names?: readonly MethodName[];
}

/** Makes messages that are nearly right: valid calls of every method, changed in their structure or in their bytes. */
export class Mutator {
  readonly random: () => number;
  readonly #names: readonly string[];

  constructor({ random, names = Object.keys(methods).filter(isMethodName) }: MutatorOptions) {
    this.random = random;
    this.#names = names;
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.random() * list.length)]!;
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  /** One frame as it goes over the wire; not always UTF-8. */
  frame(): Buffer {
    const text = this.#text();
    return this.chance(0.15) ? this.#withWrongBytes(Buffer.from(text)) : Buffer.from(text);
  }

  #text(): string {
    const kind = this.random();
    if (kind < 0.7) return this.#written(this.#request());
    if (kind < 0.8) return this.#written(this.#batch());
    if (kind < 0.83) return this.#written(this.#value(5));
    if (kind < 0.86) return this.#nested();
    const text = this.#written(this.#request());
    return kind < 0.93 ? this.#spliced(text) : text.slice(0, this.below(text.length));
  }

  #request(): unknown {
    const request: Record<string, unknown> = {
      jsonrpc: this.chance(0.97) ? '2.0' : this.#value(1),
      method: this.#method(),
      params: {},
      id: this.#id(),
    };
    request['params'] = this.#params(request['method']);
    if (this.chance(0.05)) delete request[this.pick(Object.keys(request))];
    if (this.chance(0.05)) request[this.pick(keys)] = this.#value(2);
    return request;
  }

  #method(): unknown {
    if (this.chance(0.95)) return this.pick(this.#names);
    return this.chance(0.5) ? this.pick(keys) : this.#value(1);
  }

  #params(method: unknown): unknown {
    if (typeof method !== 'string' || !isMethodName(method)) return this.#value(3);
    const params = sampleOf(methods[method].params) as Record<string, unknown>;
    if ('device' in params && this.chance(0.9)) params['device'] = absent;
    for (let count = this.below(4); count > 0; count--) this.#change(params);
    return this.chance(0.03) ? this.#value(3) : params;
  }

  /** Takes something away, puts something in its place, or goes in and changes there. */
  #change(holder: Record<string, unknown>): void {
    const present = Object.keys(holder);
    const key = present.length > 0 && this.chance(0.85) ? this.pick(present) : this.pick(keys);
    // Never what every object inherits.
    const inner = Object.hasOwn(holder, key) ? holder[key] : undefined;
    if (typeof inner === 'object' && inner !== null && this.chance(0.6)) {
      this.#change(inner as Record<string, unknown>);
    } else if (this.chance(0.2)) delete holder[key];
    else
      Object.defineProperty(holder, key, {
        value: this.#value(3),
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }

  #id(): unknown {
    const kind = this.random();
    if (kind < 0.6) return this.below(1e6);
    if (kind < 0.7) return undefined;
    return kind < 0.75 ? this.#value(2) : this.pick(scalars);
  }

  #batch(): unknown {
    const length = this.chance(0.05) ? 51 : this.below(8);
    const batch: unknown[] = Array.from({ length }, () =>
      this.chance(0.9) ? this.#request() : this.#value(2),
    );
    if (this.chance(0.05)) batch.push([this.#request()], batch.slice(0, 2));
    return batch;
  }

  #value(depth: number): unknown {
    const kind = this.random();
    if (depth === 0 || kind < 0.6) return this.pick(scalars);
    const items = Array.from({ length: this.below(4) }, () => this.#value(depth - 1));
    if (kind < 0.8) return items;
    const value: Record<string, unknown> = {};
    for (const item of items) {
      Object.defineProperty(value, this.pick(keys), { value: item, enumerable: true, configurable: true });
    }
    return value;
  }

  /** JSON, sometimes with a key that stands twice, or a number that no double holds. */
  #written(value: unknown): string {
    const text = JSON.stringify(value) ?? 'null';
    const kind = this.random();
    if (kind < 0.02) return text.replace('{', `{${JSON.stringify(this.pick(keys))}:${this.#scalarText()},`);
    if (kind < 0.04) return text.replace(/"id":\d+/, `"id":${this.pick(bigNumbers)}`);
    return kind < 0.06 ? text.replaceAll(/([{,:])/g, '$1 \t\r\n') : text;
  }

  #scalarText(): string {
    return JSON.stringify(this.pick(scalars));
  }

  #nested(): string {
    const depth = this.pick([5, 100, 1000, 20_000]);
    const [open, close] = this.pick([
      ['[', ']'],
      ['{"a":', '}'],
    ] as const);
    const deep = `${open.repeat(depth)}1${close.repeat(depth)}`;
    const id = this.chance(0.8) ? ',"id":7' : '';
    return this.chance(0.3) ? deep : `{"jsonrpc":"2.0","method":"ping","params":${deep}${id}}`;
  }

  #spliced(text: string): string {
    const at = this.below(text.length + 1);
    return text.slice(0, at) + this.pick(splices) + text.slice(at + this.below(3));
  }

  #withWrongBytes(bytes: Buffer): Buffer {
    for (let count = 1 + this.below(3); count > 0 && bytes.length > 0; count--) {
      const at = this.below(bytes.length);
      bytes[at] = this.chance(0.5) ? bytes[at]! ^ (1 << this.below(8)) : this.below(256);
    }
    return bytes;
  }
}

const bigNumbers = ['1e400', '-0', '9007199254740993', '1784900000000000001', '0.1e-7', '1E5', '-1.50'];
