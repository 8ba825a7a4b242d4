import {
  configKeys,
  environmentName,
  exampleOf,
  isLive,
  isProgram,
  signsTokens,
  isSecret,
} from '@mediamtx-camera-service/server';
import { namespaces } from '@mediamtx-camera-service/protocol';
import { z } from 'zod';
import { code, generatedNote, paragraphs, table } from './markdown.mjs';
import { methodSection } from './method-page.mjs';
import { rulesOf, typeOf } from './schema-table.mjs';

/** Every key, and then the methods of the namespace, which has the same name. */
export function configurationPage() {
  const keys = configKeys();
  const sections = [...new Set(keys.map(({ path }) => sectionOf(path)))];
  return paragraphs([
    '# Configuration',
    generatedNote,
    'File, then environment, then command-line options: the later wins. How they combine, with an example: [the guide](../guide/configuration.md). A mistake ends the start with exit code 78, and all mistakes are told at once.',
    'A change of the file or by [`set_config`](#set_config) is in effect at once, or at the next start, as the column says. Examples are written as in the file.',
    ...sections.map((section) =>
      paragraphs([
        `## ${section}`,
        table(
          ['Key', 'Environment variable', 'Type', 'Default', 'Example', 'A change', 'Meaning'],
          keys.filter(({ path }) => sectionOf(path) === section).map(describeKey),
        ),
      ]).trimEnd(),
    ),
    ...Object.entries(namespaces.configuration).map(([name, method]) => methodSection(name, method)),
  ]);
}

/** @param {import('@mediamtx-camera-service/server').ConfigKey} key */
function describeKey(key) {
  const { path, schema } = key;
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
    code(JSON.stringify(exampleOf(key))),
    isLive(key) ? 'at once' : 'at the next start',
    [schema.description ?? '', ...marksOf(key)].join('. '),
  ];
}

/** @param {import('@mediamtx-camera-service/server').ConfigKey} key */
function marksOf(key) {
  return [
    ...(isSecret(key) ? ['A secret: shown as `***`'] : []),
    ...(isProgram(key) ? ['Not changed by calls, as it names a program'] : []),
    ...(signsTokens(key) ? ['Not changed by calls, as tokens are signed with it'] : []),
  ];
}

/** @param {string} path */
function sectionOf(path) {
  return path.split('.')[0] ?? path;
}
