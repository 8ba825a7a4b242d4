import { errorCatalog, errorsOf, openrpcDocument } from '@mediamtx-camera-service/protocol';
import { methodExamples } from './examples.mjs';
import { code, generatedNote, jsonBlock, paragraphs } from './markdown.mjs';
import { paramsTable, resultTable } from './schema-table.mjs';

/** @typedef {import('@mediamtx-camera-service/protocol').MethodDefinition} MethodDefinition */
/** @typedef {import('./schema-table.mjs').Schema} Schema */

const described =
  /** @type {{ name: string, params: { name: string, required: boolean, schema: Schema }[], result: { schema: Schema } }[]} */ (
    openrpcDocument('')['methods']
  );

/**
 * The page of one namespace.
 * @param {string} namespace
 * @param {Record<string, MethodDefinition>} methods
 */
export function methodPage(namespace, methods) {
  const names = Object.keys(methods);
  return paragraphs([
    `# ${namespace}`,
    generatedNote,
    names.map((name) => `- [${code(name)}](#${anchorOf(name)}): ${methods[name]?.summary}`).join('\n'),
    ...names.map((name) => methodSection(name, /** @type {MethodDefinition} */ (methods[name]))),
  ]);
}

/** As GitHub makes it: punctuation falls away. @param {string} name */
export function anchorOf(name) {
  return name.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '');
}

/** @param {string} role */
export function roleText(role) {
  return role === 'none' ? 'none: no login needed' : role;
}

/**
 * @param {string} name
 * @param {MethodDefinition} method
 */
export function methodSection(name, method) {
  const { params, result } = schemasOf(name);
  return paragraphs([
    `## ${name}`,
    `${method.summary}.`,
    method.description,
    method.deprecated && `Deprecated: ${method.deprecated}`,
    `Role: ${roleText(method.role)}. Version ${method.version}.`,
    '**Params**',
    paramsTable(params, method.params.shape),
    '**Result**',
    resultTable(result),
    '**Errors**',
    `${errorLinks(method)}.`,
    exampleOf(name),
  ]).trimEnd();
}

/**
 * @param {string} name
 * @returns {{ params: Schema, result: Schema }}
 */
function schemasOf(name) {
  const entry = described.find((method) => method.name === name);
  if (!entry) throw new Error(`${name} is missing in the OpenRPC document`);
  const properties = Object.fromEntries(entry.params.map((param) => [param.name, param.schema]));
  const required = entry.params.filter((param) => param.required).map((param) => param.name);
  return { params: { properties, required }, result: entry.result.schema };
}

/** @param {MethodDefinition} method */
function errorLinks(method) {
  return errorsOf(method)
    .map((error) => `[${code(error)}](errors.md#${error}) (${errorCatalog[error].code})`)
    .join(', ');
}

/** @param {string} name */
function exampleOf(name) {
  const example = methodExamples[name];
  if (!example) throw new Error(`${name} has no example in scripts/docs/examples.mjs`);
  const request = { jsonrpc: '2.0', id: 1, method: name, ...(example.params && { params: example.params }) };
  return paragraphs([
    '**Example**',
    jsonBlock(request),
    example.result !== undefined && jsonBlock({ jsonrpc: '2.0', id: 1, result: example.result }),
  ]).trimEnd();
}
