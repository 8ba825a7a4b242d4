import { isMethodName, methods, type MethodName } from '@mediamtx-camera-service/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requiredParams } from './broken-calls.ts';
import { transports, type Caller, type Transport } from './callers.ts';
import { faultsOf } from './judge.ts';
import { bearer, makeToken, World } from './world.ts';

type Params = Record<string, unknown>;

let world: World;
const admins = new Map<Transport, Caller>();
beforeAll(async () => {
  world = await World.create();
  for (const transport of transports) {
    admins.set(transport, await world.open(transport, bearer(makeToken('admin'))));
  }
});
afterAll(async () => {
  for (const caller of admins.values()) await caller[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});

const names = Object.keys(methods).filter(isMethodName);
const withDevice = names.filter((name) => 'device' in methods[name].params.shape);
const role = 'viewer';
// From cameraN on the service knows none; the spare ones are in the database.
const unknown = ['camera99', 'camera999999999', '/dev/video63', '/dev/video9999'];

describe.each(transports)('over %s', (transport) => {
  const admin = () => admins.get(transport)!;

  test.each(withDevice)('%s: a device that is not there, by either name of the param', async (name) => {
    const faults: string[] = [];
    for (const device of unknown) {
      for (const param of ['device', 'device_path']) {
        const { device: _, ...params } = requiredParams(name);
        const reply = await admin().call(name, { ...params, [param]: device });
        const isRight = reply.error?.code === -32010 && reply.error.data['id'] === device;
        if (!isRight) faults.push(`${param} ${device}: ${JSON.stringify(reply)}`);
        faults.push(...faultsOf(name, reply));
      }
    }
    expect(faults).toEqual([]);
  });

  test.each(withDevice)('%s: device_path is judged as device, and gives way to it', async (name) => {
    const { device: _, ...params } = requiredParams(name);
    const wrong = await admin().call(name, { ...params, device_path: 'cam' });
    expect(wrong.error).toMatchObject({ code: -32602, data: { param: 'device', rule: 'pattern' } });
    const both = await admin().call(name, { ...params, device: 'camera99', device_path: 'camera0' });
    expect(both.error).toMatchObject({ code: -32010, data: { id: 'camera99' } });
  });

  test.each<[MethodName, Params]>([
    ['merge_cameras', { device: 'camera0', other: 'camera99' }],
    ['set_camera', { device: 'camera0', differs_from: 'camera99' }],
    ['get_snapshot_info', { filename: 'nothing.jpg' }],
    ['delete_snapshot', { filename: 'nothing.jpg' }],
    ['get_recording_info', { filename: 'nothing.mp4' }],
    ['set_recording', { filename: 'nothing.mp4', protected: true }],
    ['delete_recording', { filename: 'nothing.mp4' }],
    ['get_stream_url', { stream: 'nothing' }],
    ['delete_stream', { name: 'nothing' }],
    ['create_api_key', { name: 'a', role, cameras: ['camera0', 'camera99'] }],
    ['rotate_api_key', { key_id: 'key_nothing' }],
    ['revoke_api_key', { key_id: 'key_nothing' }],
    ['create_user', { user: 'b', password: 'long enough', role, cameras: ['camera99'] }],
    ['set_user', { user: 'nobody', role }],
    ['set_password', { user: 'nobody', password: 'long enough' }],
    ['delete_user', { user: 'nobody' }],
    ['end_session', { session_id: 'nothing' }],
    ['get_audit_log', { device: 'camera99' }],
    ['get_config', { section: 'nothing' }],
  ])('%s %j: not found, and what', async (name, params) => {
    const reply = await admin().call(name, params);
    expect(reply.error).toMatchObject({ code: -32010 });
    expect(faultsOf(name, reply)).toEqual([]);
  });

  test.each<[what: string, name: MethodName, params: () => Params | Promise<Params>]>([
    ['is not recorded', 'stop_recording', () => ({ device: 'camera1' })],
    ['is not kept live', 'stop_streaming', () => ({ device: 'camera1' })],
    ['is not lent', 'reclaim_camera', () => ({ device: 'camera1' })],
    ['is there', 'forget_camera', () => ({ device: 'camera1' })],
    ['is there, as is the other', 'merge_cameras', () => ({ device: 'camera0', other: 'camera1' })],
    ['is a file already', 'take_snapshot', takenName],
    ['is a stream already', 'create_stream', takenStream],
    ['is all', 'create_stream', () => ({ name: 'all', source: 'rtsp://127.0.0.1:9/a' })],
    ['is all_others', 'create_stream', () => ({ name: 'all_others', source: 'rtsp://127.0.0.1:9/a' })],
    ['could be a camera', 'create_stream', () => ({ name: 'camera77', source: 'rtsp://127.0.0.1:9/a' })],
    ['is a camera', 'delete_stream', () => ({ name: 'camera0' })],
    ['is revoked', 'rotate_api_key', revokedKey],
    ['is a user already', 'create_user', takenUser],
  ])('what %s: %s is refused by its state', async (_what, name, params) => {
    const reply = await admin().call(name, await params());
    expect(reply.error).toMatchObject({ code: -32020 });
    expect(faultsOf(name, reply)).toEqual([]);
  });

  test('a camera that is recorded is not recorded twice, and the answer names the session', async () => {
    const { session_id } = await world.result('start_recording', { device: 'camera0' });
    const reply = await admin().call('start_recording', { device: 'camera0' });
    expect(reply.error).toMatchObject({ code: -32020, data: { session_id } });
    expect(faultsOf('start_recording', reply)).toEqual([]);
    await admin().call('stop_recording', { device: 'camera0' });
  });

  test('a live camera that is lent and taken back at once: both calls are answered', async () => {
    await world.untilLive('camera0');
    const replies = await Promise.all([
      world.admin.call('release_camera', { device: 'camera0' }),
      world.admin.call('reclaim_camera', { device: 'camera0' }),
    ]);
    expect(replies.map(({ error }) => error)).toEqual([undefined, undefined]);
    await world.untilLive('camera0');
  });

  test('a name in use is answered with the state `exists`', async () => {
    const reply = await admin().call('take_snapshot', await takenName());
    expect(reply.error?.data).toMatchObject({ state: 'exists' });
  });

  test('the last admin among the users stays, with all rights', async () => {
    const user = world.unique('admin');
    await world.result('create_user', { user, password: 'long enough', role: 'admin' });
    // An earlier run of this test left one.
    const { users } = await world.result<{ users: { user: string; role: string }[] }>('list_users');
    const others = users.filter((other) => other.role === 'admin' && other.user !== user);
    for (const other of others) await world.result('delete_user', { user: other.user });
    for (const [name, params] of [
      ['delete_user', { user }],
      ['set_user', { user, role: 'operator' }],
    ] as const) {
      const reply = await admin().call(name, params);
      expect(reply.error, name).toMatchObject({ code: -32020 });
      expect(faultsOf(name, reply)).toEqual([]);
    }
  });
});

test('a role too low is told so before anything is looked for', async () => {
  await using viewer = await world.open('POST', bearer(makeToken('viewer')));
  for (const name of withDevice.filter((method) => methods[method].role !== 'viewer')) {
    for (const device of ['camera0', 'camera99', 'nonsense']) {
      const { error } = await viewer.call(name, { ...requiredParams(name), device });
      expect(error, `${name} ${device}`).toMatchObject({ code: -32002 });
    }
  }
});

async function takenName(): Promise<Params> {
  const { filename } = await world.result('take_snapshot', { device: 'camera0' });
  return { device: 'camera0', filename };
}

async function takenStream(): Promise<Params> {
  const params = { name: world.unique('stream'), source: 'rtsp://127.0.0.1:9/a' };
  await world.result('create_stream', params);
  return params;
}

async function revokedKey(): Promise<Params> {
  const { key_id } = await world.result('create_api_key', { name: world.unique('key'), role });
  await world.result('revoke_api_key', { key_id });
  return { key_id };
}

async function takenUser(): Promise<Params> {
  const params = { user: world.unique('user'), password: 'long enough', role };
  await world.result('create_user', params);
  return params;
}
