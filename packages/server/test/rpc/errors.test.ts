import { errorCatalog, type ErrorName } from '@mediamtx-camera-service/protocol';
import { expect, it } from 'vitest';
import { AppError } from '../../src/errors.ts';
import type { AnyReply } from './harness/client.ts';
import { createCore } from './harness/rpc-harness.ts';

const names = Object.keys(errorCatalog) as ErrorName[];

/** How each error comes about; those that only handlers know are thrown by one. */
async function provoke(name: ErrorName): Promise<AnyReply> {
  const limits = { ratePerMinute: 1, burst: name === 'rate_limited' ? 1 : 9, maxInFlight: 9 };
  const core = createCore({
    limits,
    handlers: {
      get_camera_list: () => {
        const fields = Object.fromEntries(errorCatalog[name].data.map((field) => [field, 'x']));
        throw name === 'internal_error'
          ? new TypeError('a secret of the inside')
          : new AppError(name, { reason: 'x', ...fields });
      },
    },
  });
  switch (name) {
    case 'parse_error':
      return JSON.parse((await core.post('{'))!) as AnyReply;
    case 'invalid_request':
      return JSON.parse((await core.post('{}'))!) as AnyReply;
    case 'method_not_found':
      return await core.call('nothing');
    case 'invalid_params':
      return await core.call('get_camera_status', {}, 'viewer');
    case 'authentication_failed':
      return await core.call('get_camera_status');
    case 'permission_denied':
      return await core.call('get_status', {}, 'viewer');
    case 'rate_limited':
      await core.call('ping');
      return await core.call('ping');
    default:
      return await core.call('get_camera_list', {}, 'viewer');
  }
}

it.each(names)('%s has its code, its words and all its data', async (name) => {
  const { error } = await provoke(name);
  const { code, prefix, data } = errorCatalog[name];
  expect(error!.code).toBe(code);
  expect(error!.message.startsWith(prefix)).toBe(true);
  expect(error!.message).toBe(error!.message.trim());
  for (const field of ['reason', 'details', 'suggestion']) expect(typeof error!.data[field]).toBe('string');
  for (const field of data) expect(error!.data).toHaveProperty(field);
});

it('what failed inside is in the log under the request id, and nowhere on the wire', async () => {
  const core = createCore({
    handlers: {
      get_camera_list: async () => {
        await Promise.resolve();
        throw new TypeError('a secret of the inside');
      },
    },
  });
  const reply = await core.call('get_camera_list', {}, 'viewer');
  expect(reply.error).toMatchObject({ code: -32603 });
  expect(JSON.stringify(reply)).not.toMatch(/secret|at .*\.ts/);
  const line = core.logLines.find(({ level }) => level === 50)!;
  expect(line).toMatchObject({ request_id: reply.error!.data['request_id'], method: 'get_camera_list' });
  expect(line['err']).toMatchObject({
    message: 'a secret of the inside',
    stack: expect.stringContaining('errors.test'),
  });
});

it.each([[{ cameras: 'none' }], [undefined], [10n]])(
  'a result outside the contract is an internal error: %s',
  async (result) => {
    const core = createCore({ handlers: { get_camera_list: () => result as never } });
    expect((await core.call('get_camera_list', {}, 'viewer')).error?.code).toBe(-32603);
  },
);

it('a result that is no JSON is an internal error also where results are not looked at', async () => {
  const core = createCore({ handlers: { get_camera_list: () => 10n as never }, validateResults: false });
  expect((await core.call('get_camera_list', {}, 'viewer')).error?.code).toBe(-32603);
});

it('every protected call of control, every login and every refusal is in the audit log; reads are not', async () => {
  const core = createCore();
  await core.call('get_camera_list', {}, 'viewer');
  await core.call('ping');
  await core.call('start_recording', { device: '/dev/video0' }, 'viewer');
  await core.call('start_recording', { device: 'camera0' }, 'operator');
  await core.call('start_recording', { device: 'camera0' }, 'operator');
  await core.call('authenticate', { auth_token: 'x.y.z' });
  await core.call('get_camera_list');
  const { rows } = core.audit.query({ limit: 100, offset: 0 });
  expect(
    rows
      .toReversed()
      .map(({ who, method, device, outcome, error_code }) => [who, method, device, outcome, error_code]),
  ).toEqual([
    ['the viewer', 'start_recording', 'camera0', 'refused', -32002],
    ['the operator', 'start_recording', 'camera0', 'ok', null],
    ['the operator', 'start_recording', 'camera0', 'failed', -32020],
    [null, 'authenticate', null, 'refused', -32001],
    [null, 'get_camera_list', null, 'refused', -32001],
  ]);
  for (const row of rows)
    expect(row).toMatchObject({ remote_address: '192.0.2.1', request_id: expect.any(String) });
  expect(JSON.stringify(rows)).not.toContain('x.y.z');
});

it('reply_metadata adds what it promises, and only then', async () => {
  const core = createCore({ replyMetadata: true });
  const metadata = {
    processing_time_ms: expect.any(Number),
    server_timestamp: expect.any(String),
    request_id: expect.any(String),
  };
  expect(await core.call('ping')).toEqual({ jsonrpc: '2.0', id: 1, result: 'pong', metadata });
  expect((await core.call('nothing')).metadata).toEqual(metadata);
  expect((await createCore().call('ping')).metadata).toBeUndefined();
});
