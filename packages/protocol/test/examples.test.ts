import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import {
  errorCatalog,
  errorNameOf,
  isMethodName,
  methods,
  notifications,
  type MethodName,
  type NotificationName,
} from '../src/index.ts';
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

describe.for(talking)('the messages in %s', ([, all]) => {
  const messages = all.filter(({ jsonrpc }) => jsonrpc !== undefined);
  const cases = messages.map(
    (message, index) => [describeMessage(message), message, partnerOf(messages, index)] as const,
  );

  test.for(cases)('%s', ([, message, partner]) => {
    expect(message.jsonrpc).toBe('2.0');
    if (message.method !== undefined && 'id' in message) checkRequest(message, partner?.error?.code);
    else if (message.method !== undefined)
      checkShape(notifications[message.method as NotificationName].params, message.params);
    else if (message.error) checkError(message.error);
    else checkShape(methods[partner?.method as MethodName].result, message.result);
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

/** The reply to a request, or the request of a reply: the nearest message with its id in that direction. */
function partnerOf(messages: Message[], index: number): Message | undefined {
  const { id, method } = messages[index]!;
  const isPartner = (other: Message): boolean =>
    other.id === id && (other.method === undefined) !== (method === undefined);
  return method === undefined
    ? messages.slice(0, index).findLast(isPartner)
    : messages.slice(index).find(isPartner);
}

/** A page may show what a mistake is answered with; anything else must be right. */
function checkRequest({ method, params = {} }: Message, errorCode: number | undefined): void {
  expect(isMethodName(method!)).toBe(errorCode !== errorCatalog.method_not_found.code);
  if (!isMethodName(method!)) return;
  expect(methods[method].params.safeParse(params).success).toBe(
    errorCode !== errorCatalog.invalid_params.code,
  );
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
