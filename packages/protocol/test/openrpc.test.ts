import { validateOpenRPCDocument } from '@open-rpc/schema-utils-js';
import { expect, test } from 'vitest';
import { errorsOf, methods, notifications, openrpcDocument } from '../src/index.ts';

const document = openrpcDocument('1.2.3') as {
  info: { version: string };
  methods: {
    name: string;
    params: { name: string; required: boolean }[];
    errors: { $ref: string }[];
    'x-role': string;
  }[];
  components: { errors: Record<string, { code: number }> };
  'x-notifications': { name: string }[];
};

test('the document is valid OpenRPC', () => {
  expect(validateOpenRPCDocument(openrpcDocument('1.2.3') as never)).toBe(true);
});

test('a document that is not valid is told as such', () => {
  const broken = { ...openrpcDocument('1.2.3'), methods: [{ name: 1 }] };
  expect(validateOpenRPCDocument(broken as never)).not.toBe(true);
});

test('a schema that is none is told as such', () => {
  const broken = openrpcDocument('1.2.3') as { methods: { result: { schema: object } }[] };
  broken.methods[0]!.result.schema = { type: 'nonsense' };
  expect(validateOpenRPCDocument(broken as never)).not.toBe(true);
});

/** Every keyword of draft-7 that the contract's schemas are written in. */
const keywords = new Set([
  ...['type', 'enum', 'const', 'anyOf', 'allOf', 'oneOf', 'not', 'default', 'description', 'title', 'format'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
  ...['pattern', 'items', 'minItems', 'maxItems', 'uniqueItems', 'properties', 'required'],
  ...['additionalProperties', 'propertyNames', 'minProperties', 'maxProperties'],
]);

/** What of a schema draft-7 doesn't know, however deep it lies, or is no pattern for ECMAScript. */
function faultsOfSchema(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const at = `${path}/${keyword}`;
    if (!keywords.has(keyword)) return [at];
    if (keyword === 'pattern' && !isPattern(String(value))) return [at];
    if (keyword === 'properties') return faultsOfAll(value as object, at);
    if (['anyOf', 'allOf', 'oneOf'].includes(keyword)) return faultsOfAll(value as object, at);
    const isInner = ['items', 'not', 'additionalProperties', 'propertyNames'].includes(keyword);
    return isInner ? faultsOfSchema(value, at) : [];
  });
}

function faultsOfAll(schemas: object, path: string): string[] {
  return Object.entries(schemas).flatMap(([key, schema]) => faultsOfSchema(schema, `${path}/${key}`));
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u').source !== '';
  } catch {
    // What does not compile is none.
    return false;
  }
}

test('every schema is written in draft-7 alone', () => {
  const { methods: told, 'x-notifications': notes } = openrpcDocument('1.2.3') as unknown as {
    methods: { name: string; params: { name: string; schema: object }[]; result: { schema: object } }[];
    'x-notifications': { name: string; params: object }[];
  };
  const faults = [
    ...told.flatMap(({ name, params }) =>
      params.flatMap((param) => faultsOfSchema(param.schema, `${name}/${param.name}`)),
    ),
    ...told.flatMap(({ name, result }) => faultsOfSchema(result.schema, name)),
    ...notes.flatMap(({ name, params }) => faultsOfSchema(params, name)),
  ];
  expect(faults).toEqual([]);
});

test('it holds every method and notification, and the version', () => {
  expect(document.info.version).toBe('1.2.3');
  expect(document.methods.map(({ name }) => name)).toEqual(Object.keys(methods));
  expect(document['x-notifications'].map(({ name }) => name)).toEqual(Object.keys(notifications));
});

test.for(Object.entries(methods))('%s: role, params and errors', ([name, definition]) => {
  const entry = document.methods.find((method) => method.name === name)!;
  expect(entry['x-role']).toBe(definition.role);
  expect(entry.params.map((param) => param.name).toSorted()).toEqual(
    Object.keys(definition.params.shape).toSorted(),
  );
  expect(entry.errors.map(({ $ref }) => $ref)).toEqual(
    errorsOf(definition).map((error) => `#/components/errors/${error}`),
  );
  // OpenRPC wants required params before optional ones.
  const firstOptional = entry.params.findIndex(({ required }) => !required);
  if (firstOptional >= 0)
    expect(entry.params.slice(firstOptional).some(({ required }) => required)).toBe(false);
});

test('every reference to an error has its target', () => {
  const named = document.methods.flatMap(({ errors }) => errors.map(({ $ref }) => $ref.split('/').at(-1)!));
  expect(Object.keys(document.components.errors)).toEqual(expect.arrayContaining([...new Set(named)]));
});

test('it is plain JSON', () => {
  expect(JSON.parse(JSON.stringify(openrpcDocument('1.2.3')))).toEqual(openrpcDocument('1.2.3'));
});
