import { z } from 'zod';

// One of these fits every text of the contract.
const texts = [
  'camera0',
  'a',
  'rtsp://camera.example:554/1',
  '2026-03-04T05:06:07.890Z',
  'camera.connected',
  'a-secret-of-some-length',
  '1280x720',
  'key_0123abcd',
  '24h',
  'server.port',
];

/** A value that the schema takes, with every optional field. */
export function sampleOf(schema: z.ZodType): unknown {
  const value = build(schema);
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Error(`no sample: ${JSON.stringify(value)}: ${parsed.error.message}`);
  return value;
}

function build(schema: z.ZodType): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return build(schema.unwrap() as z.ZodType);
  }
  if (schema instanceof z.ZodObject) {
    return Object.fromEntries(
      Object.entries(schema.shape).map(([key, field]) => [key, sampleOf(field as z.ZodType)]),
    );
  }
  if (schema instanceof z.ZodArray) return [sampleOf(schema.element as z.ZodType)];
  if (schema instanceof z.ZodRecord) {
    const key = sampleOf(schema.keyType as z.ZodType) as string;
    return { [key]: sampleOf(schema.valueType as z.ZodType) };
  }
  if (schema instanceof z.ZodUnion) return sampleOf(schema.options[0] as z.ZodType);
  if (schema instanceof z.ZodEnum) return schema.options[0];
  if (schema instanceof z.ZodLiteral) return schema.value;
  if (schema instanceof z.ZodBoolean) return true;
  if (schema instanceof z.ZodNumber) return Math.max(1, schema.minValue ?? 1);
  if (schema instanceof z.ZodUnknown) return 'anything';
  if (schema instanceof z.ZodNull) return null;
  return texts.find((text) => schema.safeParse(text).success);
}
