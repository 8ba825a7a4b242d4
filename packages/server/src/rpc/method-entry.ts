import {
  isMethodName,
  methods,
  notifications,
  type MethodDefinition,
  type MethodName,
} from '@mediamtx-camera-service/protocol';
import { AppError } from '../errors.ts';
import type { CallContext, HandlerTable } from './call.ts';
import { isFields } from './envelope.ts';
import { invalidParam, invalidParams } from './invalid-params.ts';
import { nearestName } from './nearest-name.ts';

export type AnyParams = Record<string, unknown>;

/** A method as the dispatcher sees it: contract and handler, and what follows from them. */
export interface MethodEntry {
  name: MethodName;
  definition: MethodDefinition;
  handler: (params: AnyParams, context: CallContext) => unknown;
  hasParams: boolean;
  takesDevice: boolean;
  /** May cause notifications, which then wait for its reply. */
  mayNotify: boolean;
  isAudited: boolean;
  /** Calls that follow on the same connection wait for its outcome. */
  isLogin: boolean;
}

const noParams: AnyParams = Object.freeze({});
const loginMethods: ReadonlySet<string> = new Set<MethodName>(['authenticate', 'login']);
/** What changes who may call without being control. */
const auditedMethods: ReadonlySet<string> = new Set<MethodName>(['logout', 'refresh_token', 'set_password']);
/** What only admins read: their page asks for it again and again, and nothing is changed by it. */
const adminReads: ReadonlySet<string> = new Set<MethodName>([
  'get_audit_log',
  'get_config',
  'get_metrics',
  'get_status',
  'get_storage_info',
  'list_api_keys',
  'list_sessions',
  'list_users',
]);
const AsyncFunction = (async () => {}).constructor;

export function createEntries(handlers: HandlerTable): Map<string, MethodEntry> {
  return new Map(
    Object.keys(methods)
      .filter(isMethodName)
      .map((name) => [name, createEntry(name, handlers)]),
  );
}

function createEntry(name: MethodName, handlers: HandlerTable): MethodEntry {
  const definition: MethodDefinition = methods[name];
  // The table's type ties params to the method; here all are alike.
  const handler = handlers[name] as MethodEntry['handler'];
  const isControl = definition.role === 'operator' || definition.role === 'admin';
  const isLogin = loginMethods.has(name);
  return {
    name,
    definition,
    handler,
    hasParams: Object.keys(definition.params.shape).length > 0,
    takesDevice: Object.hasOwn(definition.params.shape, 'device'),
    mayNotify: isControl || handler instanceof AsyncFunction || name === 'subscribe_events',
    isAudited: (isControl && !adminReads.has(name)) || isLogin || auditedMethods.has(name),
    isLogin,
  };
}

/** Validated params with their defaults; throws `invalid_params`. */
export function readParams({ definition, hasParams }: MethodEntry, given: unknown): AnyParams {
  if (given !== undefined && !isFields(given)) {
    throw invalidParam({ param: '', rule: 'object', problem: 'must be an object with names', hint: '' });
  }
  if (!hasParams) return noParams;
  const params = withDevice(given ?? noParams, definition);
  const parsed = definition.params.safeParse(params);
  if (parsed.success) return parsed.data;
  throw invalidParams(parsed.error.issues, params, definition.params);
}

/** `device_path` is an alias of `device`. */
function withDevice(params: AnyParams, { params: { shape } }: MethodDefinition): AnyParams {
  if (params['device'] !== undefined || params['device_path'] === undefined) return params;
  return Object.hasOwn(shape, 'device') ? { ...params, device: params['device_path'] } : params;
}

export function methodNotFound(name: string): AppError {
  const hint = hintFor(name);
  return new AppError('method_not_found', {
    reason: 'method_not_found',
    details: name.length > 64 ? `${name.slice(0, 64)}…` : name,
    suggestion: hint === '' ? 'rpc.discover lists the methods' : hint,
    hint,
  });
}

function hintFor(name: string): string {
  if (Object.hasOwn(notifications, name)) {
    return `${name} is a notification: subscribe_events lets it come`;
  }
  const nearest = nearestName(name, Object.keys(methods));
  return nearest === undefined ? '' : `did you mean ${nearest}?`;
}
