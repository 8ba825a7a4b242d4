import type { MethodName, Role } from '@mediamtx-camera-service/protocol';
import type { StoredUser, World } from './world.ts';

type Params = Record<string, unknown>;

export interface ValidCase {
  /** What is sent, once what it names has been made. */
  params: (world: World, user: StoredUser) => Params | Promise<Params>;
  /** The call changes the caller's own login, so each call is by a user of its own. */
  ownLogin?: true;
  /** Over POST it is answered by `unsupported`, since nothing could be told there. */
  socketOnly?: true;
  /** The error that a test camera answers with, since it can't do it. */
  testCameraError?: number;
  /** Puts back what others count on. */
  after?: (world: World) => Promise<unknown>;
}

const none: ValidCase = { params: () => ({}) };
const ofCamera: ValidCase = { params: () => ({ device: 'camera0' }) };

/** A call of each method that succeeds. */
export const validCases: Record<MethodName, ValidCase> = {
  ping: none,
  authenticate: { params: (_world, { token }) => ({ auth_token: token }), ownLogin: true },
  login: { params: (_world, { user, password }) => ({ user, password }), ownLogin: true },
  logout: { ...none, ownLogin: true },
  refresh_token: { ...none, ownLogin: true },

  get_camera_list: none,
  get_cameras: none,
  get_camera_status: ofCamera,
  get_camera_capabilities: ofCamera,
  get_camera_history: { params: () => ({ device: 'camera0', limit: 3 }) },
  release_camera: { params: () => ({ device: 'camera1', seconds: 600 }), after: reclaim },
  reclaim_camera: {
    params: async (world) => {
      await world.result('release_camera', { device: 'camera1' });
      return { device: 'camera1' };
    },
  },

  set_camera: { params: () => ({ device: 'camera1', name: 'At the door', recording: { duration: 60 } }) },
  forget_camera: { params: (world) => ({ device: world.spare(), delete_files: true }) },
  merge_cameras: { params: (world) => ({ device: 'camera1', other: world.spare() }) },
  get_camera_controls: ofCamera,
  set_camera_controls: {
    params: () => ({ device: 'camera0', controls: { brightness: 1 } }),
    testCameraError: -32602,
  },

  take_snapshot: { params: (world) => ({ device: 'camera0', filename: world.unique('taken'), quality: 50 }) },
  list_snapshots: { params: () => ({ limit: 2, device: 'camera0', order: 'asc' }) },
  get_snapshot_info: { params: snapshotName },
  delete_snapshot: { params: snapshotName },

  start_recording: {
    params: () => ({ device: 'camera0', duration_minutes: 5, format: 'fmp4' }),
    after: (world) => world.admin.call('stop_recording', { device: 'camera0' }),
  },
  stop_recording: {
    params: async (world) => {
      await world.startRecording('camera0');
      return { device: 'camera0' };
    },
  },
  list_recordings: { params: () => ({ limit: 1000, from: '2020-01-01T00:00:00+01:00' }) },
  get_recording_info: { params: async (world) => ({ filename: await world.keptRecording() }) },
  set_recording: { params: async (world) => ({ filename: await world.keptRecording(), protected: true }) },
  delete_recording: { params: recordingName },

  get_streams: none,
  create_stream: { params: streamParams },
  delete_stream: {
    params: async (world) => {
      const params = streamParams(world);
      await world.result('create_stream', params);
      return { name: params['name'] };
    },
  },
  start_streaming: { params: () => ({ device: 'camera1' }), after: stopStreaming },
  stop_streaming: {
    params: async (world) => {
      await world.result('start_streaming', { device: 'camera1' });
      return { device: 'camera1' };
    },
  },
  get_stream_url: ofCamera,
  get_stream_status: ofCamera,

  subscribe_events: {
    params: () => ({ topics: ['camera.*', 'recording.start'], filters: { device: 'camera0' }, after_seq: 0 }),
    socketOnly: true,
  },
  unsubscribe_events: { params: () => ({ topics: ['recording.start'] }), socketOnly: true },
  get_subscription_stats: none,

  get_storage_info: none,
  set_retention_policy: { params: () => ({ policy_type: 'age', max_age_days: 365, enabled: false }) },
  cleanup_old_files: { params: () => ({ dry_run: true }) },

  create_api_key: { params: (world) => keyParams(world) },
  list_api_keys: none,
  rotate_api_key: { params: async (world) => ({ key_id: await keyId(world), grace_seconds: 60 }) },
  revoke_api_key: { params: async (world) => ({ key_id: await keyId(world) }) },
  create_user: {
    params: (world) => ({
      user: world.unique('new'),
      password: 'long enough',
      role: 'viewer',
      cameras: null,
    }),
  },
  set_user: { params: async (world) => ({ user: await userName(world), role: 'operator' }) },
  list_users: none,
  set_password: {
    params: (_world, { user, password }) => ({ user, password: 'another one', current_password: password }),
    ownLogin: true,
  },
  delete_user: { params: async (world) => ({ user: await userName(world) }) },
  list_sessions: none,
  end_session: { params: async (world) => ({ session_id: await sessionId(world) }) },
  get_audit_log: { params: () => ({ limit: 5, device: 'camera0', outcome: 'ok' }) },

  get_config: { params: () => ({ section: 'server' }) },
  set_config: { params: () => ({ changes: { 'recording.segment_duration': 1800 } }) },
  get_metrics: none,
  get_status: none,
  get_system_status: none,
  get_server_info: none,
  'rpc.discover': none,
};

async function reclaim(world: World): Promise<unknown> {
  return await world.admin.call('reclaim_camera', { device: 'camera1' });
}

async function stopStreaming(world: World): Promise<unknown> {
  return await world.admin.call('stop_streaming', { device: 'camera1' });
}

async function snapshotName(world: World): Promise<Params> {
  const { filename } = await world.result('take_snapshot', { device: 'camera0' });
  return { filename };
}

async function recordingName(world: World): Promise<Params> {
  const filename = await world.startRecording('camera0');
  await world.result('stop_recording', { device: 'camera0' });
  return { filename };
}

function streamParams(world: World): Params {
  return { name: world.unique('stream'), source: 'rtsp://user:secret@127.0.0.1:9/none' };
}

function keyParams(world: World, role: Role = 'viewer'): Params {
  return { name: world.unique('key'), role, cameras: ['camera0'], expires_in: '24h' };
}

async function keyId(world: World): Promise<unknown> {
  return (await world.result('create_api_key', keyParams(world)))['key_id'];
}

async function userName(world: World): Promise<unknown> {
  const user = world.unique('some');
  await world.result('create_user', { user, password: 'long enough', role: 'viewer' });
  return user;
}

/** Of a socket that is open, and that nobody else needs. */
async function sessionId(world: World): Promise<unknown> {
  const { token } = await world.createUser('viewer');
  const caller = await world.open('WebSocket');
  const { result } = await caller.call('authenticate', { token });
  return (result as Params)['session_id'];
}
