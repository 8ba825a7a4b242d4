import { methods } from '@mediamtx-camera-service/protocol';
import { expect, it } from 'vitest';
import type { AnyReply } from './harness/client.ts';
import { createCore } from './harness/rpc-harness.ts';

/** mulberry32: the same numbers in every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function createMaker(random: () => number) {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const keys = [
    'jsonrpc',
    'method',
    'params',
    'id',
    'device',
    'topics',
    'filters',
    '__proto__',
    'constructor',
    '',
  ];
  const scalars = [
    '2.0',
    'ping',
    'camera0',
    '/dev/video0',
    '',
    '\u0000',
    '\ud800',
    0,
    -1,
    1e308,
    2 ** 53,
    null,
    true,
  ];
  const value = (depth: number): unknown => {
    const kind = random();
    if (depth === 0 || kind < 0.5) return pick(scalars);
    const items = Array.from({ length: Math.floor(random() * 4) }, () => value(depth - 1));
    return kind < 0.7 ? items : Object.fromEntries(items.map((item) => [pick(keys), item]));
  };
  const request = (): unknown => ({
    ...(random() < 0.9 && { jsonrpc: random() < 0.9 ? '2.0' : value(1) }),
    ...(random() < 0.95 && { method: random() < 0.9 ? pick(Object.keys(methods)) : value(1) }),
    ...(random() < 0.8 && { params: value(4) }),
    ...(random() < 0.8 && { id: random() < 0.7 ? Math.floor(random() * 1e6) : value(2) }),
  });
  const mangle = (text: string): string => {
    const at = Math.floor(random() * text.length);
    return random() < 0.5
      ? text.slice(0, at)
      : text.slice(0, at) + pick(['"', '{', ']', ',', '\\', '\u0007']) + text.slice(at);
  };
  return (): string => {
    const kind = random();
    const message =
      kind < 0.7
        ? request()
        : kind < 0.9
          ? Array.from({ length: Math.floor(random() * 5) }, request)
          : value(5);
    const text = JSON.stringify(message);
    return random() < 0.2 ? mangle(text) : text;
  };
}

function isReply(value: unknown): value is AnyReply {
  const { jsonrpc, id, error, ...rest } = value as Record<string, unknown>;
  const isIdFit = id === null || typeof id === 'string' || typeof id === 'number';
  const { code, message, data } = (error ?? {}) as Record<string, unknown>;
  const isErrorFit =
    error === undefined || (typeof code === 'number' && typeof message === 'string' && data !== null);
  return jsonrpc === '2.0' && isIdFit && isErrorFit && 'result' in rest !== (error !== undefined);
}

it.each([1, 2, 3, 4])('whatever comes in, only well-formed replies go out (seed %i)', async (seed) => {
  const { post, logLines } = createCore();
  const make = createMaker(createRandom(seed));
  for (let count = 0; count < 3_000; count++) {
    const text = make();
    const reply = await post(text, seed % 2 === 0 ? 'admin' : undefined);
    const parsed: unknown = JSON.parse(reply ?? '[]');
    for (const one of Array.isArray(parsed) ? parsed : [parsed]) {
      if (!isReply(one)) throw new Error(`${text} was answered with ${reply}`);
    }
  }
  expect(logLines.filter(({ level }) => level === 50)).toEqual([]);
});
