import { jsonRpcVersion, maxBatchLength, maxDepth } from '@mediamtx-camera-service/protocol';
import { AppError } from '../errors.ts';
import type { ExactIds } from './exact-id.ts';

type Fields = Record<string, unknown>;

export interface RequestFields {
  method: string;
  params: unknown;
}

/** A request that has no usable `id` but must be answered gets this one. */
export const noId = 'null';

export function parseMessage(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new AppError(
      'parse_error',
      {
        reason: 'parse_error',
        details: error instanceof Error ? error.message : 'not JSON',
        suggestion: 'send one JSON-RPC 2.0 request, or an array of them, as one message',
      },
      { cause: error },
    );
  }
}

/** The `id` as JSON, exactly as it came; undefined where there is none, or none that the specification allows. */
export function readId(message: unknown, exactIds: ExactIds, index: number): string | undefined {
  const id = isFields(message) ? message['id'] : undefined;
  if (typeof id === 'number') {
    return Number.isSafeInteger(id) ? String(id) : (exactIds.at(index) ?? String(id));
  }
  return typeof id === 'string' || id === null ? JSON.stringify(id) : undefined;
}

/** A request without `id`, to which nothing is replied. */
export function isNotification(message: unknown): boolean {
  if (!isFields(message) || message['id'] !== undefined) return false;
  return message['jsonrpc'] === jsonRpcVersion && typeof message['method'] === 'string';
}

/** Throws `invalid_request` for anything but a JSON-RPC 2.0 request. `idText` is what {@link readId} found. */
export function readEnvelope(message: unknown, idText: string | undefined): RequestFields {
  if (!isFields(message)) throw invalidRequest('a request must be an object', 'send {"jsonrpc":"2.0",…}');
  if (message['jsonrpc'] !== jsonRpcVersion) {
    throw invalidRequest('jsonrpc must be "2.0"', 'add "jsonrpc":"2.0" to the request');
  }
  const { method, params, id } = message;
  if (typeof method !== 'string') throw invalidRequest('method must be a string', 'name the method');
  if (id !== undefined && idText === undefined) {
    throw invalidRequest('id must be a string, a number or null', 'leave id out for a notification');
  }
  return { method, params };
}

/** Throws `invalid_request` for a message, single or batch, that is nested too deep. */
export function checkDepth(message: unknown): void {
  if (typeof message !== 'object' || message === null || !isDeeperThan(message, maxDepth)) return;
  throw invalidRequest(`nested deeper than ${maxDepth} levels`, `at most ${maxDepth} levels are read`);
}

/** Throws `invalid_request` for an array that is no batch. */
export function checkBatch(messages: unknown[]): void {
  if (messages.length === 0 || messages.length > maxBatchLength) {
    const hint = `a batch holds 1 to ${maxBatchLength} requests`;
    throw invalidRequest(`a batch of ${messages.length}`, hint);
  }
  checkDepth(messages);
}

export function invalidRequest(details: string, hint: string): AppError {
  return new AppError('invalid_request', { reason: 'invalid_request', details, suggestion: hint, hint });
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Never goes deeper than `levels` itself, so that no text can exhaust the stack. */
function isDeeperThan(value: object, levels: number): boolean {
  if (levels === 0) return true;
  const children: unknown[] = Array.isArray(value) ? value : Object.values(value);
  for (const child of children) {
    if (typeof child === 'object' && child !== null && isDeeperThan(child, levels - 1)) return true;
  }
  return false;
}
