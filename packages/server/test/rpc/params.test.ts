import { isMethodName, methods, type MethodName } from '@mediamtx-camera-service/protocol';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createCore } from './harness/rpc-harness.ts';
import { sampleOf } from './harness/sample.ts';

interface InvalidCase {
  title: string;
  params: unknown;
  param: string;
  rule?: string;
}

interface PropertySchema {
  minimum?: number;
  maximum?: number;
}

const { call } = createCore();
const names = Object.keys(methods).filter(isMethodName);
// Calls that a handler of the world judges further; the schema's judgement is what counts here.
const wrongValues = [null, true, 12.5, 'no such value\n', [], [[]], {}, { a: [] }];

function validParams(name: MethodName): Record<string, unknown> {
  return sampleOf(methods[name].params) as Record<string, unknown>;
}

function requiredOf(name: MethodName): Record<string, unknown> {
  const required = Object.entries(validParams(name)).filter(
    ([param]) => !fieldOf(name, param).safeParse(undefined).success,
  );
  // Which of its two names a token has is free, so the schema calls neither required.
  return name === 'authenticate' ? { auth_token: 'x' } : Object.fromEntries(required);
}

function fieldOf(name: MethodName, param: string): z.ZodType {
  return (methods[name].params.shape as Record<string, z.ZodType>)[param]!;
}

/** Everything that the schema of one param refuses, by its own judgement. */
function invalidCases(name: MethodName): InvalidCase[] {
  const valid = validParams(name);
  return Object.keys(valid).flatMap((param) => {
    const field = fieldOf(name, param);
    const { minimum, maximum } = z.toJSONSchema(field, { unrepresentable: 'any' }) as PropertySchema;
    const changedTo = (value: unknown) => ({ ...valid, [param]: value });
    const { [param]: _, ...without } = valid;
    const cases: InvalidCase[] = wrongValues
      .filter((value) => !field.safeParse(value).success)
      .map((value) => ({ title: `${param} = ${JSON.stringify(value)}`, params: changedTo(value), param }));
    if (minimum !== undefined) {
      cases.push({ title: `${param} too small`, params: changedTo(minimum - 1), param, rule: 'min' });
    }
    if (maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) {
      cases.push({ title: `${param} too large`, params: changedTo(maximum + 1), param, rule: 'max' });
    }
    if (!field.safeParse(undefined).success) {
      cases.push({ title: `${param} missing`, params: without, param, rule: 'required' });
    }
    return cases;
  });
}

describe.each(names)('%s', (name) => {
  it.each([
    ['all', validParams(name)],
    ['required', requiredOf(name)],
    ['required and unknown', { ...requiredOf(name), auth_token_: 'x', unknown: { a: 1 } }],
  ])('takes %s params', async (_title, params) => {
    expect((await call(name, params, 'admin')).error?.code).not.toBe(-32602);
  });

  it.each(['[]', '["camera0"]', 'null', '1', '"camera0"', 'true'])('refuses %s as params', async (params) => {
    const { error } = await call(name, JSON.parse(params), 'admin');
    expect(error).toMatchObject({ code: -32602, data: { param: '', rule: 'object' } });
  });

  it.each(invalidCases(name))('refuses $title', async ({ params, param, rule }) => {
    const { error } = await call(name, params, 'admin');
    expect(error).toMatchObject({ code: -32602, message: expect.stringMatching(/^invalid params: /) });
    expect(error!.data['param']).toMatch(new RegExp(`^${param}(\\.|$)`));
    expect(error!.data['rule']).toMatch(rule ? new RegExp(`^${rule}$`) : /^[a-z_]+$/);
    expect(typeof error!.data['hint']).toBe('string');
  });
});

describe('a refusal', () => {
  it.each([
    ['get_camera_status', {}, 'device', 'required', 'device is required'],
    ['get_camera_status', { device: 'cam' }, 'device', 'pattern', 'must be cameraN or /dev/videoN'],
    ['get_camera_status', { device: 7 }, 'device', 'type', 'must be a string'],
    ['take_snapshot', { device: 'camera0', format: 'gif' }, 'format', 'one_of', 'must be one of jpg, png'],
    ['take_snapshot', { device: 'camera0', quality: 0 }, 'quality', 'min', 'must be at least 1'],
    ['take_snapshot', { device: 'camera0', quality: 101 }, 'quality', 'max', 'must be at most 100'],
    ['take_snapshot', { device: 'camera0', quality: 1.5 }, 'quality', 'type', 'must be a whole number'],
    ['take_snapshot', { device: 'camera0', filename: '../x' }, 'filename', 'pattern', 'letters'],
    ['subscribe_events', { topics: [] }, 'topics', 'min', 'entries of at least 1'],
    [
      'subscribe_events',
      { topics: ['camera.*', 'camera.nothing'] },
      'topics.1',
      'unknown_topic',
      '"camera.nothing"',
    ],
    ['subscribe_events', { topics: ['*'], filters: { device: ['x'] } }, 'filters.device', 'type', ''],
    ['create_stream', { name: 'a', source: 'rtsp://169.254.1.1/' }, 'source', 'policy', 'link-local'],
    ['create_stream', { name: 'a', source: 'file:///etc/passwd' }, 'source', 'pattern', 'an absolute URL'],
    ['authenticate', {}, 'auth_token', 'required', 'auth_token is required'],
  ])('of %s %j says which param and which rule', async (method, params, param, rule, words) => {
    const { error } = await call(method, params, 'admin');
    expect(error).toMatchObject({ code: -32602, data: { param, rule } });
    expect(error!.message).toContain(words);
  });

  it('names the slip of the pen', async () => {
    const { error } = await call('get_camera_status', { devcie: 'camera0' }, 'viewer');
    expect(error!.data['hint']).toBe('"devcie" is no param; did you mean "device"?');
  });
});

describe('device_path', () => {
  it('is another name of device', async () => {
    const reply = await call('get_camera_status', { device_path: 'camera0' }, 'viewer');
    expect(reply.result).toMatchObject({ device: 'camera0' });
  });

  it('gives way to device, and is judged like it', async () => {
    const both = { device: 'camera0', device_path: 'camera9' };
    expect((await call('get_camera_status', both, 'viewer')).result).toMatchObject({ device: 'camera0' });
    const { error } = await call('get_camera_status', { device_path: 'nonsense' }, 'viewer');
    expect(error).toMatchObject({ code: -32602, data: { param: 'device', rule: 'pattern' } });
  });
});
