import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorCatalog, eventTopics } from '@mediamtx-camera-service/protocol';
import { readPages, root, withoutBlocks } from './pages.ts';

const pages = readPages();

describe.for(pages)('$path', ({ path, text }) => {
  test('its links lead somewhere', () => {
    const prose = withoutBlocks(text).replaceAll(/`[^`\n]+`/g, 'code');
    const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
    const broken = links.filter((link) => !/^(https?|mailto):/.test(link) && !leadsSomewhere(path, link));
    expect(broken).toEqual([]);
  });

  test('the error codes that it names exist', () => {
    const codes = new Set(Object.values(errorCatalog).map(({ code }) => String(code)));
    const named = [...text.matchAll(/(?<![\w.-])-32\d{3}\b/g)].map((match) => match[0]);
    expect(named.filter((code) => !codes.has(code))).toEqual([]);
  });

  test('it names no place of the machine that it was written on', () => {
    expect(text).not.toMatch(/\/work\/|\/root\/|\/tmp\/tmp\./);
  });
});

function leadsSomewhere(page: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : normalize(join(dirname(page), file));
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || anchorsOf(readFileSync(join(root, target), 'utf8')).includes(anchor);
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replaceAll(/[^a-z0-9 _-]/g, '')
      .replaceAll(' ', '-'),
  );
}

test('every test that seed-coverage.md names exists', () => {
  const { text } = pages.find(({ path }) => path === 'docs/guide/seed-coverage.md')!;
  const named = [...text.matchAll(/`(packages\/[^`\s]+\.test\.ts)`/g)].map((match) => match[1]!);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test('events.md tells which topics are sent: those that the code names beyond the contract', () => {
  const { text } = pages.find(({ path }) => path === 'docs/reference/events.md')!;
  const told = eventTopics.filter(
    (topic) => !new RegExp(`^\\| \`${topic}\` \\| .*nothing in this version`, 'm').test(text),
  );
  const source = readSource(join(root, 'packages/server/src'));
  expect(told).toEqual(eventTopics.filter((topic) => source.includes(`'${topic}'`)));
});

function readSource(directory: string): string {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return names.map((name) => readFileSync(join(directory, name), 'utf8')).join('\n');
}
