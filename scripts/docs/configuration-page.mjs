import { configKeys, environmentName } from '@mediamtx-camera-service/server';
import { z } from 'zod';
import { code, generatedNote, paragraphs, table } from './markdown.mjs';
import { rulesOf, typeOf } from './schema-table.mjs';

export function configurationPage() {
  const keys = configKeys();
  const sections = [...new Set(keys.map(({ path }) => sectionOf(path)))];
  return paragraphs([
    '# Configuration',
    generatedNote,
    'File, then environment, then command-line options: the later wins. How they combine, with an example: [the guide](../guide/configuration.md). A mistake ends the start with exit code 78, and all mistakes are told at once.',
    ...sections.map((section) =>
      paragraphs([
        `## ${section}`,
        table(
          ['Key', 'Environment variable', 'Type', 'Default', 'Meaning'],
          keys.filter(({ path }) => sectionOf(path) === section).map(describeKey),
        ),
      ]).trimEnd(),
    ),
  ]);
}

/** @param {{ path: string, schema: import('zod').ZodType }} key */
function describeKey({ path, schema }) {
  const json = /** @type {import('./schema-table.mjs').Schema} */ (
    z.toJSONSchema(schema, { io: 'input', target: 'draft-7' })
  );
  const rules = [json, ...(json.anyOf ?? [])].map((part) =>
    rulesOf(part, part === json ? schema : undefined),
  );
  const type = [typeOf(json), ...rules.filter((rule) => rule !== '')].join('; ');
  return [
    code(path),
    code(environmentName(path)),
    type,
    json.default === undefined ? '' : code(JSON.stringify(json.default)),
    schema.description ?? '',
  ];
}

/** @param {string} path */
function sectionOf(path) {
  return path.split('.')[0] ?? path;
}
