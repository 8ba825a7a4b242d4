import { code, table } from './markdown.mjs';

/**
 * What is read of a JSON Schema.
 * @typedef {object} Schema
 * @property {string | string[]} [type]
 * @property {string} [description]
 * @property {unknown} [default]
 * @property {unknown} [const]
 * @property {unknown[]} [enum]
 * @property {Schema[]} [anyOf]
 * @property {Schema} [items]
 * @property {Record<string, Schema>} [properties]
 * @property {Schema} [additionalProperties]
 * @property {string[]} [required]
 * @property {string} [format]
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {number} [minLength]
 * @property {number} [maxLength]
 * @property {number} [minItems]
 * @property {number} [maxItems]
 */

/**
 * A zod schema, as far as its own words for a rule are read, which JSON Schema has no place for.
 * @typedef {{ _zod: { def: { innerType?: RuledSchema, checks?: { _zod: { def: { error?: (issue: object) => unknown } } }[] } } }} RuledSchema
 */

/**
 * @param {Schema} schema of the params
 * @param {Record<string, unknown>} shape the zod schema of each
 */
export function paramsTable(schema, shape) {
  const rows = Object.entries(schema.properties ?? {}).map(([name, param]) => {
    const isRequired = schema.required?.includes(name) ?? false;
    return [
      isRequired ? `${code(name)} (required)` : code(name),
      typeOf(param),
      param.default === undefined ? '' : code(JSON.stringify(param.default)),
      rulesOf(param, shape[name]),
      describe(param),
    ];
  });
  return rows.length === 0 ? 'No params.' : table(['Param', 'Type', 'Default', 'Rules', 'Meaning'], rows);
}

/** @param {Schema} schema */
export function resultTable(schema) {
  const rows = flatten(schema, '').map(({ path, field, isOptional }) => [
    isOptional ? `${code(path)}?` : code(path),
    typeOf(field),
    describe(field),
  ]);
  if (rows.length === 0) return `${capitalise(typeOf(schema))}.`;
  return table(['Field', 'Type', 'Meaning'], rows);
}

/**
 * Every field by its path: `cameras[].streams.rtsp`.
 * @param {Schema} schema
 * @param {string} prefix
 * @returns {{ path: string, field: Schema, isOptional: boolean }[]}
 */
function flatten(schema, prefix) {
  if (schema.items) return flatten(schema.items, `${prefix}[]`);
  const optionsOfUnion = schema.anyOf?.filter((option) => option.properties) ?? [];
  if (optionsOfUnion.length > 0) return optionsOfUnion.flatMap((option) => flatten(option, prefix));
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const isOptional = !(schema.required?.includes(name) ?? false);
    return [{ path, field, isOptional }, ...flatten(field, path)];
  });
}

/**
 * @param {Schema} schema
 * @returns {string}
 */
export function typeOf(schema) {
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.items) return `array of ${typeOf(schema.items)}`;
  if (schema.enum?.includes('system.startup')) return '[topic](events.md)';
  if (schema.enum) return schema.enum.map((value) => code(JSON.stringify(value))).join(', ');
  if (schema.format === 'date-time') return 'time';
  if (schema.format === 'uri') return 'URL';
  if (Array.isArray(schema.type)) return schema.type.join(' or ');
  if (schema.type === 'object' && schema.additionalProperties && !schema.properties) {
    return Object.keys(schema.additionalProperties).length === 0
      ? 'object'
      : `object of ${typeOf(schema.additionalProperties)}`;
  }
  return schema.type ?? 'any';
}

/**
 * @param {Schema} schema
 * @param {unknown} [zodSchema] where its own words for a rule are
 */
export function rulesOf(schema, zodSchema) {
  return [
    rangeOf(schema.minimum, schema.maximum, ''),
    rangeOf(schema.minLength, schema.maxLength, ' characters'),
    rangeOf(schema.minItems, schema.maxItems, ' entries'),
    ...(schema.enum || schema.items ? [] : ownWords(/** @type {RuledSchema | undefined} */ (zodSchema))),
  ]
    .filter((rule) => rule !== '')
    .join('; ');
}

/**
 * @param {number | undefined} min
 * @param {number | undefined} max
 * @param {string} unit
 */
function rangeOf(min, max, unit) {
  const hasMin = min !== undefined && min > Number.MIN_SAFE_INTEGER;
  const hasMax = max !== undefined && max < Number.MAX_SAFE_INTEGER;
  if (hasMin && hasMax) return `${min} to ${max}${unit}`;
  if (hasMin) return `${min}${unit} or more`;
  return hasMax ? `at most ${max}${unit}` : '';
}

/* oxlint-disable no-underscore-dangle -- `_zod` is where zod keeps what tools read */
/**
 * @param {RuledSchema | undefined} schema
 * @returns {string[]}
 */
function ownWords(schema) {
  const { innerType, checks = [] } = schema?._zod.def ?? {};
  const words = checks.map((check) => check._zod.def.error?.({})).filter((text) => typeof text === 'string');
  return [...(innerType ? ownWords(innerType) : []), ...words];
}
/* oxlint-enable no-underscore-dangle */

/** @param {Schema} schema */
function describe({ description, anyOf }) {
  return description ?? anyOf?.find((option) => option.description)?.description ?? '';
}

/** @param {string} text */
function capitalise(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
