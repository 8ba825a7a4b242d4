import { errorCatalog, errorNameOf, maxBatchLength, maxDepth } from '@mediamtx-camera-service/protocol';

/** What JSON-RPC 2.0 has a message answered with: one message or none, and the ids that its replies bear. */
export interface Expected {
  messages: 0 | 1;
  ids: string[];
}

const nothing: Expected = { messages: 0, ids: [] };
const refusal: Expected = { messages: 1, ids: [idKey(null)] };

export function expectedReplies(text: string): Expected {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    // No JSON is one of the cases.
    return refusal;
  }
  if (!Array.isArray(message)) {
    const id = expectedId(message);
    return id === undefined ? nothing : { messages: 1, ids: [id] };
  }
  if (message.length === 0 || message.length > maxBatchLength || isDeep(message)) return refusal;
  const ids = message.map(expectedId).filter((id) => id !== undefined);
  return ids.length === 0 ? nothing : { messages: 1, ids };
}

/** The id of the reply to one request; undefined for a notification. */
function expectedId(message: unknown): string | undefined {
  if (!isFields(message)) return idKey(null);
  const { jsonrpc, method, id, params } = message;
  if (id !== undefined) return idKey(id);
  const isNotification = jsonrpc === '2.0' && typeof method === 'string';
  // One that is nested too deep breaks the envelope, so it is no notification.
  return isNotification && !(params !== undefined && isDeep(message)) ? undefined : idKey(null);
}

/** An id for comparison; what is none counts as null. */
export function idKey(id: unknown): string {
  if (typeof id !== 'string' && typeof id !== 'number') return 'null';
  return typeof id === 'string' ? JSON.stringify(id) : String(id);
}

/** What is wrong with one reply, whatever it answers; undefined where it is well-formed. */
export function faultOf(reply: unknown): string | undefined {
  if (!isFields(reply) || reply['jsonrpc'] !== '2.0') return 'it is no reply';
  const { id, error } = reply;
  if (!['string', 'number'].includes(typeof id) && id !== null) return 'it has no id';
  if (!Object.hasOwn(reply, 'error')) return Object.hasOwn(reply, 'result') ? undefined : 'it says nothing';
  if (Object.hasOwn(reply, 'result')) return 'it has result and error';
  return isFields(error) ? errorFault(error) : 'its error is no object';
}

function errorFault({ code, message, data }: Record<string, unknown>): string | undefined {
  const name = errorNameOf(Number(code));
  if (name === undefined) return 'its code is not in the catalogue';
  if (name === 'internal_error') return 'it met a fault of the service';
  if (typeof message !== 'string' || !message.startsWith(errorCatalog[name].prefix)) return 'its message';
  const isTold =
    isFields(data) && ['reason', 'details', 'suggestion'].every((key) => typeof data[key] === 'string');
  return isTold ? undefined : 'its data';
}

function isDeep(value: unknown, level = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return level >= maxDepth || Object.values(value).some((inner) => isDeep(inner, level + 1));
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
