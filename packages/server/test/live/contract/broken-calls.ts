import { isMethodName, methods, type MethodName } from '@mediamtx-camera-service/protocol';
import type { z } from 'zod';
import { sampleOf } from '../../rpc/harness/sample.ts';
import { brokenValues, type ParamSchema } from './broken-params.ts';

/** A method as `rpc.discover` tells it. */
export interface Described {
  name: string;
  params: { name: string; required: boolean; schema: ParamSchema }[];
}

export interface BrokenCall {
  what: string;
  params: unknown;
  /** The param that the answer must name; empty for the params as a whole. */
  param: string;
}

/** Rules that no schema can say. */
const furtherBroken: Partial<Record<MethodName, [param: string, params: Record<string, unknown>][]>> = {
  authenticate: [
    ['auth_token', {}],
    ['auth_token', { auth_type: 'jwt' }],
  ],
  start_recording: [
    ['duration_seconds', { device: 'camera0', duration: 5, duration_seconds: 5 }],
    ['duration_hours', { device: 'camera0', duration_minutes: 5, duration_hours: 1 }],
  ],
  create_api_key: [
    ['expires_', { name: 'both', role: 'viewer', expires_in: '24h', expires_at: '2099-01-01T00:00:00.000Z' }],
  ],
  create_stream: [
    'file:///etc/passwd',
    '/dev/video0',
    'publisher',
    'rtsp://169.254.169.254/',
    'rtsp://a/$B',
  ].map((source) => ['source', { name: 'a', source }]),
  get_stream_url: [['device', {}]],
  set_camera_controls: [['controls', { device: 'camera0', controls: {} }]],
  set_config: [
    ['changes', { changes: {} }],
    ['changes', { changes: { 'server.no_such_key': 1 } }],
    ['changes', { changes: { 'server.max_connections': 'many' } }],
  ],
};

/** Calls whose params break one rule each, by what the service itself tells of them. */
export function brokenCalls({ name, params }: Described): BrokenCall[] {
  if (!isMethodName(name)) throw new Error(`${name} is told and not in the contract`);
  const base = requiredParams(name);
  const ofValues = params.flatMap(({ name: param, schema }) =>
    brokenValues(schema).map(({ why, value }) => ({
      what: `${param} = ${JSON.stringify(value).slice(0, 60)} (${why})`,
      params: { ...base, [param]: value },
      param,
    })),
  );
  const missing = params
    .filter(({ required }) => required)
    .map(({ name: param }) => {
      const { [param]: _, ...rest } = base;
      return { what: `no ${param}`, params: rest, param };
    });
  const further = (furtherBroken[name] ?? []).map(([param, given]) => ({
    what: JSON.stringify(given),
    params: given,
    param,
  }));
  return [...notAnObject, ...missing, ...ofValues, ...further];
}

const notAnObject: BrokenCall[] = [[], ['camera0'], null, 'camera0', 1, true].map((params) => ({
  what: `params = ${JSON.stringify(params)}`,
  params,
  param: '',
}));

/** Params that the schema takes, of things that don't exist: harmless where they pass after all. */
export function requiredParams(name: MethodName): Record<string, unknown> {
  if (name === 'authenticate') return { auth_token: 'x' };
  const sample = sampleOf(methods[name].params) as Record<string, unknown>;
  const shape: Record<string, z.ZodType> = methods[name].params.shape;
  const required = Object.entries(sample).filter(([param]) => !shape[param]!.safeParse(undefined).success);
  const params = Object.fromEntries(required);
  return 'device' in params ? { ...params, device: 'camera99' } : params;
}
