/** The part of JSON schema that the contract is written in. */
export interface ParamSchema {
  type?: string | string[];
  anyOf?: ParamSchema[];
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minItems?: number;
  maxItems?: number;
  items?: ParamSchema;
  properties?: Record<string, ParamSchema>;
  additionalProperties?: ParamSchema | boolean;
  propertyNames?: ParamSchema;
}

export interface Broken {
  /** The rule that the value breaks, in words. */
  why: string;
  value: unknown;
}

const ofEachType: Record<string, unknown[]> = {
  string: ['nothing of the kind\n', '7', ''],
  number: [12.5, -7.5],
  integer: [3],
  boolean: [true, false],
  null: [null],
  array: [[], [[]], ['camera0']],
  object: [{}, { a: [] }],
};
const unfit = ['', ' ', 'a b', '../a', 'a/b', '\u0000', '💥', '-', 'A\nB', '1', 'camera', 'x'.repeat(200)];

/** Values that a schema must refuse, each by one rule of it. */
export function brokenValues(schema: ParamSchema): Broken[] {
  const branches = schema.anyOf ?? [schema];
  const types = new Set(branches.flatMap(typesOf));
  if (types.size === 0) return [];
  const wrongTypes = Object.entries(ofEachType)
    .filter(([type]) => !types.has(type) && !(type === 'integer' && types.has('number')))
    .flatMap(([type, values]) =>
      values.map((value) => ({ why: `${type} for ${[...types].join('|')}`, value })),
    );
  // A value that breaks one branch may fit another of the same type.
  const isOneOfAKind = branches.filter((branch) => branch.type !== 'null').length === 1;
  return isOneOfAKind ? [...wrongTypes, ...branches.flatMap((branch) => brokenWithin(branch))] : wrongTypes;
}

function typesOf(schema: ParamSchema): string[] {
  const own = typeof schema.type === 'string' ? [schema.type] : schema.type;
  if (own) return own.includes('number') ? [...own, 'integer'] : own;
  if (schema.enum) return [...new Set(schema.enum.map((value) => typeof value))];
  return schema.anyOf?.flatMap(typesOf) ?? [];
}

function brokenWithin(schema: ParamSchema): Broken[] {
  if (schema.enum) return [{ why: 'none of the enum', value: 'nothing_of_the_kind' }];
  if (schema.type === 'string') return brokenText(schema);
  if (schema.type === 'integer' || schema.type === 'number') return brokenNumber(schema);
  if (schema.type === 'array') return brokenList(schema);
  return schema.type === 'object' ? brokenObject(schema) : [];
}

function brokenText({ minLength = 0, maxLength, pattern }: ParamSchema): Broken[] {
  const expression = pattern === undefined ? undefined : new RegExp(pattern, 'u');
  const unmatched = expression ? unfit.filter((text) => !expression.test(text)) : [];
  return [
    ...(minLength > 0 ? [{ why: `shorter than ${minLength}`, value: 'x'.repeat(minLength - 1) }] : []),
    ...(maxLength === undefined
      ? []
      : [{ why: `longer than ${maxLength}`, value: 'x'.repeat(maxLength + 1) }]),
    ...unmatched.map((value) => ({ why: `doesn't match ${pattern}`, value })),
  ];
}

function brokenNumber({ type, minimum, maximum }: ParamSchema): Broken[] {
  const isInteger = type === 'integer';
  return [
    ...(minimum === undefined ? [] : [{ why: `less than ${minimum}`, value: minimum - 1 }]),
    ...(maximum === undefined ? [] : [{ why: `more than ${maximum}`, value: maximum + 1 }]),
    ...(isInteger ? [1.5, 1e308, 2 ** 53].map((value) => ({ why: 'no safe integer', value })) : []),
  ];
}

function brokenList({ items = {}, minItems = 0, maxItems }: ParamSchema): Broken[] {
  const within = brokenValues(items).map(({ why, value }) => ({ why: `[${why}]`, value: [value] }));
  const long = maxItems === undefined ? [] : Array.from({ length: maxItems + 1 }, () => sampleItem(items));
  return [
    ...within,
    ...(minItems > 0 ? [{ why: `fewer than ${minItems}`, value: [] }] : []),
    ...(maxItems === undefined ? [] : [{ why: `more than ${maxItems}`, value: long }]),
  ];
}

function brokenObject({ properties = {}, additionalProperties, propertyNames }: ParamSchema): Broken[] {
  const own = Object.entries(properties).flatMap(([key, schema]) =>
    brokenValues(schema).map(({ why, value }) => ({ why: `${key}: ${why}`, value: { [key]: value } })),
  );
  const others =
    typeof additionalProperties === 'object'
      ? brokenValues(additionalProperties).map(({ why, value }) => ({
          why: `a: ${why}`,
          value: { a: value },
        }))
      : [];
  const names =
    propertyNames === undefined
      ? []
      : brokenWithin({ type: 'string', ...propertyNames }).map(({ why, value }) => ({
          why: `a key that ${why}`,
          value: { [String(value)]: 1 },
        }));
  return [...own, ...others, ...names];
}

function sampleItem({ enum: values }: ParamSchema): unknown {
  return values?.[0] ?? 'camera0';
}
