import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { eventTopics } from '@mediamtx-camera-service/protocol';
import { configKeys, environmentName, exampleOf, isLive, isSecret } from '../../src/config/keys.ts';
import { configSchema } from '../../src/config/schema.ts';
import { readBlocks, readPages, root } from './pages.ts';

const keys = configKeys();
const reference = readFileSync(join(root, 'docs/reference/configuration.md'), 'utf8');
const rows = [...reference.matchAll(/^\| `([a-z0-9_.]+)` \| `([A-Z0-9_]+)` \| (.*) \|$/gm)].map((match) => ({
  path: match[1]!,
  variable: match[2]!,
  rest: match[3]!,
}));

test('every key is documented, and nothing else is', () => {
  expect(rows.map(({ path }) => path)).toEqual(keys.map(({ path }) => path));
});

test.for(keys)('$path: variable, default, example, when a change is in effect, and meaning', (key) => {
  const { path, schema } = key;
  const row = rows.find((entry) => entry.path === path)!;
  expect(row.variable).toBe(environmentName(path));
  expect(schema.description, 'its .describe()').toBeTruthy();
  expect(row.rest).toContain(schema.description!.replaceAll('|', String.raw`\|`));
  const standard: unknown = schema.safeParse(undefined).data;
  if (standard !== undefined) expect(row.rest).toContain(`\`${JSON.stringify(standard)}\``);
  expect(row.rest).toContain(`\`${JSON.stringify(exampleOf(key))}\``);
  expect(row.rest).toContain(isLive(key) ? '| at once |' : '| at the next start |');
  expect(row.rest.includes('A secret')).toBe(isSecret(key));
});

/** Read by scripts, by the tests, or by the examples; they are no keys. */
const otherVariables = [
  'CAMERA_SERVICE_MEDIAMTX_INSTALL',
  'CAMERA_SERVICE_OWNER',
  'CAMERA_SERVICE_TEST_MEDIAMTX',
  'CAMERA_SERVICE_TEST_SEED',
  'CAMERA_SERVICE_TOKEN',
];

const pages = readPages();

test('no page names a variable that does not exist', () => {
  const known = new Set([...keys.map(({ path }) => environmentName(path)), ...otherVariables]);
  const named = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/CAMERA_SERVICE_[A-Z0-9_]+(?![A-Z0-9_<])/g)].map((match) => ({
      page: path,
      name: match[0],
    })),
  );
  expect(named.filter(({ name }) => !known.has(name) && !name.endsWith('_'))).toEqual([]);
});

test('no guide names a key that does not exist', () => {
  const sections = [...new Set(keys.map(({ path }) => path.split('.')[0]))].join('|');
  const known = new Set<string>([...keys.map(({ path }) => path), ...eventTopics]);
  const named = pages
    .filter(({ path }) => !/^docs\/(design|reference)\//.test(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(new RegExp(`\`((?:${sections})\\.[a-z_]+)`, 'g'))].map((match) => ({
        page: path,
        key: match[1]!,
      })),
    );
  // `recording.md` and the like are files.
  expect(named.filter(({ key }) => !known.has(key) && !/\.(md|ts|mjs|yml)$/.test(key))).toEqual([]);
});

describe('configurations that the guide shows are right', () => {
  const blocks = pages.flatMap(({ path, text }) =>
    readBlocks(text, 'yaml').map((block) => ({ path, block })),
  );
  // That of MediaMTX itself begins with its name.
  const own = blocks.filter(({ block }) => !block.startsWith('# mediamtx.yml'));

  test('there are some', () => {
    expect(own.length).toBeGreaterThan(0);
  });

  test.for(own)('$path: $block', ({ block }) => {
    expect(configSchema.safeParse(parse(block)).error?.issues ?? []).toEqual([]);
  });
});
