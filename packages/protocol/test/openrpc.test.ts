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
