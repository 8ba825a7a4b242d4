import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Every page that people read, by its path from the root. */
export function listPages(): string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  return [
    'README.md',
    ...docs.filter((name) => name.endsWith('.md')).map((name) => join('docs', name)),
  ].toSorted();
}

/** The JSON of a page's fenced blocks: one value a block, or one a line. */
export function readJsonBlocks(page: string): unknown[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```json\n([\s\S]*?)^```$/gm)].flatMap((match) => parseBlock(match[1]!));
}

function parseBlock(block: string): unknown[] {
  if (/^[{[]$/m.test(block)) return [JSON.parse(block)];
  return block
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}
