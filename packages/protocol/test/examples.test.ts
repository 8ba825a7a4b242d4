import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { errorNameOf, isMethodName, methods, notifications, type NotificationName } from '../src/index.ts';
import { listPages, readJsonBlocks } from './markdown.ts';

interface Message {
  jsonrpc?: string;
  id?: unknown;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { code: number; message: string; data: unknown };
}

const pages = listPages().map((page) => [page, readJsonBlocks(page) as Message[]] as const);
const talking = pages.filter(([, messages]) => messages.some(({ jsonrpc }) => jsonrpc !== undefined));

describe.for(talking)('the messages in %s', ([, messages]) => {
  /** The method that each id was last used for: replies name only the id. */
  const asked = new Map<unknown, string>();
  const cases = messages
    .filter(({ jsonrpc }) => jsonrpc !== undefined)
    .map((message) => [describeMessage(message), message] as const);

  test.for(cases)('%s', ([, message]) => {
    expect(message.jsonrpc).toBe('2.0');
    if (message.method !== undefined && 'id' in message) {
      asked.set(message.id, message.method);
      checkRequest(message.method, message.params ?? {});
    } else if (message.method !== undefined) {
      checkShape(notifications[message.method as NotificationName].params, message.params);
    } else if (message.error) {
      checkError(message.error);
    } else {
      const method = asked.get(message.id);
      expect(method, `a reply to id ${String(message.id)}, which nothing asked`).toBeDefined();
      if (isMethodName(method!)) checkShape(methods[method].result, message.result);
    }
  });
});

test('every method of the contract has an example', () => {
  const shown = talking.flatMap(([, messages]) => messages.map(({ method }) => method));
  expect(Object.keys(methods).filter((name) => !shown.includes(name))).toEqual([]);
});

function describeMessage({ method, id, error }: Message): string {
  if (method !== undefined) return id === undefined ? `notification ${method}` : `request ${method}`;
  return error ? `error ${error.code}` : `reply ${String(id)}`;
}

function checkRequest(method: string, params: unknown): void {
  // A page may show what a wrong name is answered with.
  if (isMethodName(method)) checkShape(methods[method].params, params);
}

function checkShape(schema: z.ZodType, value: unknown): void {
  expect(schema.safeParse(value).error?.issues ?? []).toEqual([]);
}

function checkError({ code, message, data }: NonNullable<Message['error']>): void {
  expect(errorNameOf(code)).toBeDefined();
  expect(message).not.toBe('');
  expect(data).toMatchObject({
    reason: expect.any(String) as string,
    details: expect.any(String) as string,
    suggestion: expect.any(String) as string,
  });
}
