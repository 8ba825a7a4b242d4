import { isDeepStrictEqual } from 'node:util';
import {
  errorCatalog,
  errorNameOf,
  errorsOf,
  methods,
  type ErrorName,
  type MethodDefinition,
  type MethodName,
} from '@mediamtx-camera-service/protocol';
import type { Reply } from './callers.ts';

const isText = (value: unknown): boolean => typeof value === 'string';
const isSize = (value: unknown): boolean => typeof value === 'number' && value >= 0;
const isTextList = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isRole = (value: unknown): boolean => ['viewer', 'operator', 'admin'].includes(String(value));

/** What each field of `error.data` must be. */
const dataFields: Record<string, (value: unknown) => boolean> = {
  hint: isText,
  param: isText,
  rule: isText,
  request_id: isText,
  required_role: isRole,
  have_role: isRole,
  resource: isText,
  id: isText,
  state: isText,
  allowed_states: isTextList,
  // Only where there is one.
  session_id: (value) => value === undefined || isText(value),
  feature: isText,
  retry_after_ms: isSize,
  dependency: isText,
  detail: isText,
  available_space: isSize,
  total_space: isSize,
  threshold: isSize,
};

/** What is wrong with a reply of this method, by the contract; nothing where all is right. */
export function faultsOf(name: MethodName, reply: Reply): string[] {
  const { error } = reply;
  if (error === undefined) return resultFaults(name, reply);
  if ('result' in reply) return ['it has both result and error'];
  const errorName = errorNameOf(error.code);
  if (errorName === undefined) return [`the code ${error.code} is not in the catalogue`];
  const definition: MethodDefinition = methods[name];
  const isListed = errorsOf(definition).includes(errorName);
  return [
    ...(isListed ? [] : [`${errorName} is none of its errors: ${JSON.stringify(error)}`]),
    ...errorFaults(errorName, error),
  ];
}

/** Its result against the schema; a key that the schema doesn't know is a fault, however deep it lies. */
function resultFaults(name: MethodName, { result }: Reply): string[] {
  const parsed = methods[name].result.safeParse(result);
  if (!parsed.success) return [`its result violates the schema: ${parsed.error.message}`];
  // Parsing leaves out what the schema doesn't know.
  if (isDeepStrictEqual(plain(parsed.data), plain(result))) return [];
  return [`its result has more than the schema: ${unknownKeys(parsed.data, result).join(', ')}`];
}

export function errorFaults(
  errorName: ErrorName,
  { message, data }: { message: string; data: Record<string, unknown> },
): string[] {
  const { prefix, data: fields } = errorCatalog[errorName];
  if (typeof data !== 'object' || data === null) return [`error.data is ${JSON.stringify(data)}`];
  const checks: [string, boolean][] = [
    [`message ${JSON.stringify(message)} doesn't begin with ${prefix}`, message.startsWith(prefix)],
    ['data.reason', isText(data['reason']) && data['reason'] !== ''],
    ['data.details', isText(data['details']) && data['details'] !== ''],
    ['data.suggestion', isText(data['suggestion'])],
    ...fields.map((field): [string, boolean] => [`data.${field}`, dataFields[field]!(data[field])]),
  ];
  return checks
    .filter(([, isRight]) => !isRight)
    .map(([what]) => `${errorName}: ${what} in ${JSON.stringify(data)}`);
}

function unknownKeys(known: unknown, told: unknown, path = ''): string[] {
  if (typeof told !== 'object' || told === null || typeof known !== 'object' || known === null) return [];
  return Object.entries(told).flatMap(([key, value]) =>
    Object.hasOwn(known, key)
      ? unknownKeys((known as Record<string, unknown>)[key], value, `${path}${key}.`)
      : [`${path}${key}`],
  );
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}
