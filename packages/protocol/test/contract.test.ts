import { describe, expect, test } from 'vitest';
import {
  errorCatalog,
  errorNameOf,
  errorsOf,
  isMethodName,
  methods,
  namespaces,
  notifications,
} from '../src/index.ts';

/** The methods of docs/design/api.md that this version has, with the role that each asks for. */
const specified = {
  ping: 'none',
  authenticate: 'none',
  login: 'none',
  logout: 'viewer',
  refresh_token: 'viewer',
  get_camera_list: 'viewer',
  get_cameras: 'viewer',
  get_camera_status: 'viewer',
  get_camera_capabilities: 'viewer',
  get_camera_history: 'viewer',
  release_camera: 'operator',
  reclaim_camera: 'operator',
  set_camera: 'admin',
  forget_camera: 'admin',
  merge_cameras: 'admin',
  get_camera_controls: 'viewer',
  set_camera_controls: 'operator',
  take_snapshot: 'operator',
  list_snapshots: 'viewer',
  get_snapshot_info: 'viewer',
  delete_snapshot: 'operator',
  start_recording: 'operator',
  stop_recording: 'operator',
  list_recordings: 'viewer',
  get_recording_info: 'viewer',
  set_recording: 'operator',
  delete_recording: 'operator',
  get_streams: 'viewer',
  create_stream: 'admin',
  delete_stream: 'admin',
  start_streaming: 'operator',
  stop_streaming: 'operator',
  get_stream_url: 'viewer',
  get_stream_status: 'viewer',
  subscribe_events: 'viewer',
  unsubscribe_events: 'viewer',
  get_subscription_stats: 'viewer',
  get_storage_info: 'admin',
  set_retention_policy: 'admin',
  cleanup_old_files: 'admin',
  create_api_key: 'admin',
  list_api_keys: 'admin',
  rotate_api_key: 'admin',
  revoke_api_key: 'admin',
  create_user: 'admin',
  set_user: 'admin',
  list_users: 'admin',
  set_password: 'viewer',
  delete_user: 'admin',
  list_sessions: 'admin',
  end_session: 'admin',
  get_audit_log: 'admin',
  get_config: 'admin',
  set_config: 'admin',
  get_metrics: 'admin',
  get_status: 'admin',
  get_system_status: 'viewer',
  get_server_info: 'viewer',
  'rpc.discover': 'none',
};

test('methods and roles are those of the specification', () => {
  const present = Object.fromEntries(Object.entries(methods).map(([name, { role }]) => [name, role]));
  expect(present).toEqual(specified);
});

test('every method is in exactly one namespace', () => {
  const named = Object.values(namespaces).flatMap((entries) => Object.keys(entries));
  expect(named.toSorted()).toEqual(Object.keys(methods).toSorted());
});

test('notifications are no methods', () => {
  expect(Object.keys(notifications).filter(isMethodName)).toEqual([]);
});

test('names that every object inherits are no methods', () => {
  expect(['constructor', 'toString', '__proto__', 'hasOwnProperty'].filter(isMethodName)).toEqual([]);
});

test.for(Object.entries(methods))('%s: version, words and errors', ([, definition]) => {
  expect(definition.version).toBe('1.0');
  expect(definition.summary).toMatch(/^[A-Z"].*[^.]$/);
  expect(Object.keys(errorCatalog)).toEqual(expect.arrayContaining(errorsOf(definition)));
});

test.for(Object.entries(methods))(
  '%s: only what needs no login can be called without one',
  ([, definition]) => {
    const refusesStrangers = errorsOf(definition).includes('permission_denied');
    expect(refusesStrangers).toBe(definition.role !== 'none');
  },
);

test('reading needs no more than the role viewer, apart from the health of the parts', () => {
  const reads = Object.entries(methods).filter(([, { isRead }]) => isRead);
  expect(reads.filter(([, { role }]) => role !== 'viewer').map(([name]) => name)).toEqual(['get_status']);
});

test('a method that names a camera can answer that it is not there', () => {
  const named = Object.entries(methods).filter(([, { params }]) => 'device' in params.shape);
  const deaf = named.filter(([, definition]) => !errorsOf(definition).includes('not_found'));
  expect(deaf.map(([name]) => name)).toEqual([]);
});

describe('errors', () => {
  test('codes are those of the specification, each once', () => {
    expect(Object.values(errorCatalog).map(({ code }) => code)).toEqual([
      -32700, -32600, -32601, -32602, -32603, -32001, -32002, -32010, -32020, -32030, -32040, -32050, -32060,
    ]);
  });

  test('messages have the words that older clients look for', () => {
    expect(errorCatalog.parse_error.prefix).toContain('invalid');
    expect(errorCatalog.invalid_params.prefix).toContain('invalid');
    expect(errorCatalog.method_not_found.prefix).toContain('not found');
    expect(errorCatalog.not_found.prefix).toContain('not found');
    expect(errorCatalog.authentication_failed.prefix).toContain('authentication');
  });

  test('a code tells its name', () => {
    for (const [name, { code }] of Object.entries(errorCatalog)) expect(errorNameOf(code)).toBe(name);
    expect(errorNameOf(-1)).toBeUndefined();
  });
});
