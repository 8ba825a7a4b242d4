import { hasRole, isMethodName, methods, roles } from '@mediamtx-camera-service/protocol';
import { describe, expect, it } from 'vitest';
import { sampleOf } from './harness/sample.ts';
import { createCore, identityOf, startRpc } from './harness/rpc-harness.ts';

const { call } = createCore();
const protectedMethods = Object.keys(methods)
  .filter(isMethodName)
  .filter((name) => methods[name].role !== 'none');

describe.each(protectedMethods)('%s', (name) => {
  const { role: needed, params } = methods[name];

  it('needs a login', async () => {
    const { error } = await call(name, sampleOf(params));
    expect(error).toMatchObject({ code: -32001, message: expect.stringContaining('authentication') });
    expect(error!.data['reason']).toBe('login_required');
  });

  it.each(roles)('judges the role %s', async (role) => {
    const { error } = await call(name, sampleOf(params), role);
    if (hasRole(role, needed)) return expect(error?.code).not.toBe(-32002);
    expect(error).toMatchObject({ code: -32002, data: { required_role: needed, have_role: role } });
  });
});

describe('the order of checks', () => {
  const unknownCamera = { device: 'camera77' };
  const invalid = { device: 'nonsense' };

  it('tells a role too low nothing of what exists, nor of params', async () => {
    const answers = [{ device: 'camera0' }, unknownCamera, invalid, []].map(async (params) => {
      const { error } = await call('start_recording', params, 'viewer');
      return error;
    });
    const [first, ...others] = await Promise.all(answers);
    expect(first?.code).toBe(-32002);
    for (const error of others) expect(error).toEqual(first);
  });

  it('tells nobody without login anything of params', async () => {
    for (const params of [unknownCamera, invalid, [], undefined]) {
      expect((await call('get_camera_status', params)).error?.code).toBe(-32001);
    }
  });

  it('is method, login, role, params, existence, state', async () => {
    const core = createCore();
    expect((await core.call('start_recordin', invalid)).error?.code).toBe(-32601);
    expect((await core.call('start_recording', invalid)).error?.code).toBe(-32001);
    expect((await core.call('start_recording', invalid, 'viewer')).error?.code).toBe(-32002);
    expect((await core.call('start_recording', invalid, 'operator')).error?.code).toBe(-32602);
    expect((await core.call('start_recording', unknownCamera, 'operator')).error?.code).toBe(-32010);
    expect((await core.call('start_recording', { device: 'camera0' }, 'operator')).error).toBeUndefined();
    const second = await core.call('start_recording', { device: 'camera0' }, 'operator');
    expect(second.error).toMatchObject({ code: -32020, data: { session_id: 'session-1' } });
  });

  it('has rate before everything', async () => {
    const core = createCore({ limits: { ratePerMinute: 1, burst: 1, maxInFlight: 9 }, now: () => 0 });
    await core.post('{');
    for (const text of ['{', '{}', '{"jsonrpc":"2.0","id":1,"method":"nothing"}', '[]']) {
      expect(await core.post(text)).toContain('-32040');
    }
  });
});

describe('open_reads', () => {
  const core = createCore({ openReads: true });
  const reads = Object.keys(methods)
    .filter(isMethodName)
    .filter(
      (name) => methods[name].isRead && name in { get_camera_list: 1, get_status: 1, get_camera_status: 1 },
    );

  it.each(reads)('lets %s pass without login', async (name) => {
    expect((await core.call(name, { device: 'camera0' })).result).toBeDefined();
  });

  it('lets nothing else pass', async () => {
    for (const name of protectedMethods.filter((method) => !methods[method].isRead)) {
      expect((await core.call(name, sampleOf(methods[name].params))).error?.code).toBe(-32001);
    }
  });
});

describe('a camera that is hidden from the caller', () => {
  it('does not exist for it', async () => {
    await using rpc = await startRpc({ upgradeIdentity: identityOf('admin', { cameras: ['camera9'] }) });
    const client = await rpc.connect();
    const hidden = await client.call('get_camera_status', { device: 'camera0' });
    const unknown = await client.call('get_camera_status', { device: 'camera5' });
    expect(hidden.error?.code).toBe(-32010);
    expect(JSON.stringify(hidden.error).replaceAll('camera0', 'camera5')).toBe(JSON.stringify(unknown.error));
  });
});
