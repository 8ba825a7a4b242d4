import type { MethodName, RequiredRole, Role } from '@mediamtx-camera-service/protocol';

/** Everybody who calls; the limited ones may know of camera0 alone. */
export const everybody = [
  { who: 'nobody', role: undefined, isLimited: false },
  { who: 'viewer', role: 'viewer', isLimited: false },
  { who: 'operator', role: 'operator', isLimited: false },
  { who: 'admin', role: 'admin', isLimited: false },
  { who: 'viewer of camera0', role: 'viewer', isLimited: true },
  { who: 'operator of camera0', role: 'operator', isLimited: true },
  { who: 'admin of camera0', role: 'admin', isLimited: true },
] as const satisfies { who: string; role: Role | undefined; isLimited: boolean }[];

export type Somebody = (typeof everybody)[number];
export type Who = Somebody['who'];

export const own = 'camera0';
/** Of another, as the limited ones see it. Its name is in no other text. */
export const foreign = 'camera1';
export const foreignName = 'Foreign eye';
export const missing = 'camera99';

/** What a call names, of the own or the foreign camera; `stream`: one of create_stream, which is nobody's own. */
export type Target = 'nothing' | 'camera' | 'snapshot' | 'recording' | 'stream';

type Params = Record<string, unknown>;
export type Outcome = number | 'result';

export interface Row {
  method: MethodName;
  /** The lowest role that may. */
  role: RequiredRole;
  target: Target;
  params: (target: string) => Params;
  /** What is answered where rights and existence are given; the state may still be against it. */
  passes?: readonly Outcome[];
  /** It touches all cameras, so nobody may who is limited to some. */
  isForAll?: true;
  /** What it names is gone afterwards. */
  isConsuming?: true;
  /** It changes the caller's own login, so each call is by a login of its own. */
  isOwnLogin?: true;
}

const byDevice = (more: Params = {}) => ({
  target: 'camera' as const,
  params: (device: string) => ({ device, ...more }),
});
const byName = (target: 'snapshot' | 'recording') => ({
  target,
  params: (filename: string) => ({ filename }),
});
const plain = (params: Params = {}) => ({ target: 'nothing' as const, params: () => params });
const wrongState = { passes: [-32020] } as const;
const unknownThing = { passes: [-32010] } as const;

/** Who may do what, as the specification has it; nothing here comes from the code under test. */
export const matrix: Row[] = [
  { method: 'ping', role: 'none', ...plain() },
  { method: 'rpc.discover', role: 'none', ...plain() },
  { method: 'authenticate', role: 'none', ...plain({ token: 'x' }), passes: [-32001], isOwnLogin: true },
  { method: 'logout', role: 'viewer', ...plain(), isOwnLogin: true },
  { method: 'refresh_token', role: 'viewer', ...plain(), passes: ['result', -32020], isOwnLogin: true },

  { method: 'get_camera_list', role: 'viewer', ...plain() },
  { method: 'get_cameras', role: 'viewer', ...plain() },
  { method: 'get_camera_status', role: 'viewer', ...byDevice() },
  { method: 'get_camera_capabilities', role: 'viewer', ...byDevice() },
  { method: 'get_camera_history', role: 'viewer', ...byDevice() },
  { method: 'get_camera_controls', role: 'viewer', ...byDevice() },
  { method: 'release_camera', role: 'operator', ...byDevice({ seconds: 1 }) },
  { method: 'reclaim_camera', role: 'operator', ...byDevice(), passes: ['result', -32020] },
  {
    method: 'set_camera_controls',
    role: 'operator',
    ...byDevice({ controls: { none: 1 } }),
    passes: [-32602],
  },
  { method: 'set_camera', role: 'admin', ...byDevice({ bitrate: 1000 }) },
  {
    method: 'set_camera',
    role: 'admin',
    target: 'camera',
    params: (other) => ({ device: own, differs_from: other }),
    passes: [-32602, -32020, 'result'],
  },
  { method: 'forget_camera', role: 'admin', ...byDevice(), ...wrongState },
  {
    method: 'merge_cameras',
    role: 'admin',
    target: 'camera',
    params: (other) => ({ device: own, other }),
    passes: [-32020, -32602],
  },

  { method: 'take_snapshot', role: 'operator', ...byDevice() },
  { method: 'list_snapshots', role: 'viewer', ...plain({ limit: 1000 }) },
  { method: 'list_snapshots', role: 'viewer', ...byDevice() },
  { method: 'get_snapshot_info', role: 'viewer', ...byName('snapshot') },
  { method: 'delete_snapshot', role: 'operator', ...byName('snapshot'), isConsuming: true },

  { method: 'start_recording', role: 'operator', ...byDevice({ duration: 1 }), passes: ['result', -32020] },
  { method: 'stop_recording', role: 'operator', ...byDevice(), passes: ['result', -32020, -32050] },
  { method: 'list_recordings', role: 'viewer', ...plain({ limit: 1000 }) },
  { method: 'list_recordings', role: 'viewer', ...byDevice() },
  { method: 'get_recording_info', role: 'viewer', ...byName('recording') },
  {
    method: 'set_recording',
    role: 'operator',
    target: 'recording',
    params: (filename) => ({ filename, protected: false }),
  },
  { method: 'delete_recording', role: 'operator', ...byName('recording'), isConsuming: true },

  { method: 'get_streams', role: 'viewer', ...plain() },
  {
    method: 'create_stream',
    role: 'admin',
    ...plain({ name: 'all', source: 'rtsp://[::1]:9/' }),
    ...wrongState,
    isForAll: true,
  },
  { method: 'start_streaming', role: 'operator', ...byDevice(), passes: ['result', -32020] },
  { method: 'stop_streaming', role: 'operator', ...byDevice(), passes: ['result', -32020] },
  { method: 'get_stream_url', role: 'viewer', ...byDevice() },
  { method: 'get_stream_url', role: 'viewer', target: 'stream', params: (stream) => ({ stream }) },
  { method: 'get_stream_status', role: 'viewer', ...byDevice() },
  {
    method: 'delete_stream',
    role: 'admin',
    target: 'stream',
    params: (name) => ({ name }),
    isConsuming: true,
  },

  { method: 'subscribe_events', role: 'viewer', ...plain({ topics: ['*'] }) },
  { method: 'get_subscription_stats', role: 'viewer', ...plain() },
  { method: 'unsubscribe_events', role: 'viewer', ...plain() },

  { method: 'get_storage_info', role: 'admin', ...plain() },
  {
    method: 'set_retention_policy',
    role: 'admin',
    ...plain({ policy_type: 'manual', enabled: false }),
    isForAll: true,
  },
  { method: 'cleanup_old_files', role: 'admin', ...plain({ dry_run: true }) },

  {
    method: 'create_api_key',
    role: 'admin',
    target: 'camera',
    params: (device) => ({ name: 'of the matrix', role: 'viewer', cameras: [device] }),
  },
  { method: 'list_api_keys', role: 'admin', ...plain() },
  { method: 'rotate_api_key', role: 'admin', ...plain({ key_id: 'key_nothing' }), ...unknownThing },
  { method: 'revoke_api_key', role: 'admin', ...plain({ key_id: 'key_nothing' }), ...unknownThing },
  {
    method: 'create_user',
    role: 'admin',
    target: 'camera',
    // A name that is taken: whether the camera is there is asked first or last, but never told.
    params: (device) => ({
      user: `user ${device.at(-1)}`,
      password: 'long enough',
      role: 'viewer',
      cameras: [device],
    }),
    passes: ['result', -32020],
  },
  {
    method: 'set_user',
    role: 'admin',
    target: 'camera',
    params: (device) => ({ user: 'somebody', cameras: [device] }),
    // The user may have cameras that a limited admin has not.
    passes: ['result', -32002],
  },
  { method: 'list_users', role: 'admin', ...plain() },
  {
    method: 'set_password',
    role: 'admin',
    ...plain({ user: 'nobody', password: 'long enough' }),
    ...unknownThing,
  },
  { method: 'delete_user', role: 'admin', ...plain({ user: 'nobody' }), ...unknownThing },
  { method: 'list_sessions', role: 'admin', ...plain() },
  { method: 'end_session', role: 'admin', ...plain({ session_id: 'nothing' }), ...unknownThing },
  { method: 'get_audit_log', role: 'admin', ...plain({ limit: 1000 }) },
  { method: 'get_audit_log', role: 'admin', ...byDevice() },

  { method: 'get_config', role: 'admin', ...plain() },
  {
    method: 'set_config',
    role: 'admin',
    ...plain({ changes: { 'no.such': 1 } }),
    passes: [-32602],
    isForAll: true,
  },
  { method: 'get_metrics', role: 'admin', ...plain() },
  { method: 'get_status', role: 'admin', ...plain() },
  { method: 'get_system_status', role: 'viewer', ...plain() },
  { method: 'get_server_info', role: 'viewer', ...plain() },
];

/** Methods that have no cell: what they answer depends on the user, not on the role. */
export const withoutCell: MethodName[] = ['login'];

const ranks: readonly RequiredRole[] = ['none', 'viewer', 'operator', 'admin'];

/** What this cell must answer. */
export function expectedOf(row: Row, { role, isLimited }: Somebody, isForeign: boolean): readonly Outcome[] {
  if (row.role !== 'none' && role === undefined) return [-32001];
  if (ranks.indexOf(role ?? 'none') < ranks.indexOf(row.role)) return [-32002];
  if (row.isForAll && isLimited) return [-32002];
  if (isForeign && isLimited) return [-32010];
  return row.passes ?? ['result'];
}
