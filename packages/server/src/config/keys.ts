import { z } from 'zod';
import { configSchema } from './schema.ts';

export interface ConfigKey {
  /** `server.port` */
  path: string;
  section: string;
  key: string;
  schema: z.ZodType;
}

/** Every key of the schema, for the environment's names, the documentation and get_config. */
export function configKeys(): ConfigKey[] {
  return Object.entries(unwrapSection(configSchema).shape).flatMap(([section, sectionSchema]) =>
    Object.entries(unwrapSection(sectionSchema as z.ZodType).shape).map(([key, schema]) => ({
      path: `${section}.${key}`,
      section,
      key,
      schema: schema as z.ZodType,
    })),
  );
}

export function environmentName(path: string): string {
  // The JWT secret's name is fixed by the contract.
  if (path === 'security.jwt_secret') return 'CAMERA_SERVICE_JWT_SECRET';
  return `CAMERA_SERVICE_${path.replace('.', '_').toUpperCase()}`;
}

/** Whether a new value takes effect at once; every other key waits for the next start. */
export function isLive({ schema }: ConfigKey): boolean {
  return schema.meta()?.['reload'] === 'live';
}

/** Whether nobody may be told the value. */
export function isSecret({ schema }: ConfigKey): boolean {
  return schema.meta()?.['secret'] === true;
}

/** Whether the value names a program that the service runs: whoever may only call the API must not choose it. */
export function isProgram({ schema }: ConfigKey): boolean {
  return schema.meta()?.['program'] === true;
}

/** Whether tokens are signed with it: who has chosen it by a call could log in for ever, whatever is revoked. */
export function signsTokens({ schema }: ConfigKey): boolean {
  return schema.meta()?.['signing'] === true;
}

/** A value that is taken, for the documentation. */
export function exampleOf({ schema }: ConfigKey): unknown {
  return schema.meta()?.['example'];
}

/** What a text of the environment is read as. */
export function kindOf(schema: z.ZodType): string {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) inner = inner.unwrap() as z.ZodType;
  return inner.def.type;
}

function unwrapSection(schema: z.ZodType): z.ZodObject {
  return (schema instanceof z.ZodPrefault ? schema.unwrap() : schema) as z.ZodObject;
}
