import { z } from 'zod';
import type { MethodDefinition } from './contract/define.ts';
import { methods, namespaces, notifications } from './contract.ts';
import { errorCatalog, type ErrorName } from './errors.ts';

const alwaysPossible: ErrorName[] = ['invalid_params', 'internal_error', 'rate_limited'];

/** The contract as an OpenRPC 1.3 document; notifications stand under `x-notifications`, roles under `x-role`. */
export function openrpcDocument(version: string): Record<string, unknown> {
  return {
    openrpc: '1.3.2',
    info: {
      title: 'MediaMTX Camera Service',
      version,
      description:
        'Cameras found, streamed, snapped and recorded. JSON-RPC 2.0 over WebSocket at /ws, or by POST /rpc.',
      license: { name: 'MIT' },
    },
    methods: Object.entries(methods).map(([name, definition]) => describeMethod(name, definition)),
    components: {
      errors: Object.fromEntries(
        Object.keys(errorCatalog).map((name) => [name, describeError(name as ErrorName)]),
      ),
    },
    'x-notifications': Object.entries(notifications).map(([name, { summary, params }]) => ({
      name,
      summary,
      params: toSchema(params, 'output'),
    })),
  };
}

function describeMethod(name: string, definition: MethodDefinition): Record<string, unknown> {
  const { shape } = definition.params;
  const schema = toSchema(definition.params, 'input') as {
    required?: string[];
    properties?: Record<string, object>;
  };
  return {
    name,
    summary: definition.summary,
    ...(definition.description && { description: definition.description }),
    tags: [{ name: namespaceOf(name) }],
    paramStructure: 'by-name',
    params: Object.keys(shape)
      .map((param) => ({
        name: param,
        required: schema.required?.includes(param) ?? false,
        schema: schema.properties?.[param] ?? {},
      }))
      // OpenRPC wants required params before optional ones.
      .sort((a, b) => Number(b.required) - Number(a.required)),
    result: { name: 'result', schema: toSchema(definition.result, 'output') },
    errors: errorsOf(definition).map((error) => ({ $ref: `#/components/errors/${error}` })),
    ...(definition.deprecated && { deprecated: true }),
    'x-role': definition.role,
    'x-version': definition.version,
  };
}

/** Every error that a call of this method can be answered with, the general ones included. */
export function errorsOf(definition: MethodDefinition): ErrorName[] {
  const login: ErrorName[] = definition.role === 'none' ? [] : ['authentication_failed', 'permission_denied'];
  return [...new Set([...login, ...alwaysPossible, ...definition.errors])];
}

function describeError(name: ErrorName): { code: number; message: string } {
  const { code, prefix } = errorCatalog[name];
  return { code, message: prefix };
}

function namespaceOf(method: string): string {
  return Object.entries(namespaces).find(([, entries]) => Object.hasOwn(entries, method))?.[0] ?? 'system';
}

function toSchema(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-7', unrepresentable: 'any' });
  return rest;
}
