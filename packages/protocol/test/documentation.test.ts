import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  errorCatalog,
  errorsOf,
  eventTopics,
  methods,
  namespaces,
  notifications,
  openrpcDocument,
  type ErrorName,
} from '../src/index.ts';

const directory = new URL('../../../docs/reference/', import.meta.url);

function readPage(name: string): string {
  return readFileSync(new URL(name, directory), 'utf8');
}

function headings(page: string): string[] {
  return [...page.matchAll(/^## (.+)$/gm)].map((match) => match[1]!);
}

/** From a heading to the next one. */
function section(page: string, heading: string): string {
  return page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
}

/** The first column's names in the table rows of a text. */
function rowNames(text: string): string[] {
  return [...text.matchAll(/^\| \[?`([^`]+)`/gm)].map((match) => match[1]!);
}

test('the reference has a page for each namespace, and no page for anything else', () => {
  // The page of the configuration's keys is that of its methods too.
  const others = ['README.md', 'notifications.md', 'events.md', 'errors.md', 'http.md', 'openrpc.json'];
  const expected = [...Object.keys(namespaces).map((name) => `${name}.md`), ...others];
  expect(readdirSync(directory).toSorted()).toEqual(expected.toSorted());
});

/** The sections of the configuration: what stands before the first method. */
const configSections = headings(readPage('configuration.md')).slice(
  0,
  -Object.keys(namespaces.configuration).length,
);

test.for(Object.entries(namespaces))(
  '%s: every method is documented, and nothing else is',
  ([namespace, entries]) => {
    const keySections = namespace === 'configuration' ? configSections : [];
    const named = headings(readPage(`${namespace}.md`)).filter((heading) => !keySections.includes(heading));
    expect(named).toEqual(Object.keys(entries));
  },
);

const sections = Object.entries(namespaces).flatMap(([namespace, entries]) =>
  Object.keys(entries).map((name) => [name, section(readPage(`${namespace}.md`), name)] as const),
);

test.for(sections)('%s: role, params and errors are those of the contract', ([name, text]) => {
  const definition = methods[name as keyof typeof methods];
  expect(text).toContain(`Role: ${definition.role}`);
  expect(text).toContain(definition.summary);
  const params = text.slice(0, text.indexOf('**Result**'));
  expect(rowNames(params)).toEqual(Object.keys(definition.params.shape));
  const errors = [...text.matchAll(/\[`(\w+)`\]\(errors\.md#\w+\) \((-\d+)\)/g)].map((match) => [
    match[1],
    Number(match[2]),
  ]);
  expect(errors).toEqual(errorsOf(definition).map((error) => [error, errorCatalog[error].code]));
});

test('the index names every method and notification, and nothing else', () => {
  const page = readPage('README.md');
  expect(rowNames(section(page, 'Methods'))).toEqual(Object.keys(methods));
  expect(rowNames(section(page, 'Notifications'))).toEqual(Object.keys(notifications));
});

test('every notification is documented, and nothing else is', () => {
  expect(headings(readPage('notifications.md'))).toEqual(Object.keys(notifications));
});

test('every topic is documented, and nothing else is', () => {
  expect(rowNames(readPage('events.md'))).toEqual([...eventTopics]);
});

describe('errors', () => {
  const page = readPage('errors.md');

  test('every error is documented, and nothing else is', () => {
    expect(headings(page)).toEqual(Object.keys(errorCatalog));
  });

  test.for(Object.keys(errorCatalog) as ErrorName[])('%s: code and meaning', (name) => {
    const { code, meaning } = errorCatalog[name];
    expect(section(page, name)).toContain(`${code}: ${meaning}`);
  });
});

test('openrpc.json is the document of the contract', () => {
  const written = JSON.parse(readPage('openrpc.json')) as { info: { version: string } };
  expect(written).toEqual(openrpcDocument(written.info.version));
});
