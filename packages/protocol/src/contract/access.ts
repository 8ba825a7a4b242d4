import { z } from 'zod';
import { cameraLimit, deviceParam, isoTime, roleName, timestamp, userName } from './common.ts';
import { method } from './define.ts';

const keyId = z
  .string()
  .regex(/^key_[A-Za-z0-9_-]{1,32}$/, 'must be a key_id of list_api_keys')
  .describe('As list_api_keys tells it');

export const apiKey = z.object({
  key_id: z.string(),
  name: z.string(),
  role: roleName,
  cameras: cameraLimit,
  created_at: timestamp,
  expires_at: timestamp.nullable(),
  last_used_at: timestamp.nullable().describe('Within a minute'),
  revoked: z.boolean(),
});

const newKey = apiKey
  .pick({ key_id: true, name: true, role: true, cameras: true, expires_at: true })
  .extend({ key: z.string().describe('The key itself. It is told this once and kept only as a hash') });

export const create_api_key = method({
  role: 'admin',
  summary: 'Makes an API key for a program',
  params: z.object({
    name: userName.describe('What the key is for'),
    role: roleName,
    cameras: cameraLimit.optional(),
    expires_at: isoTime.optional().describe('When it ends; absent: never'),
    expires_in: z
      .string()
      .regex(/^[1-9]\d{0,6}[smhd]$/, 'must be a number and a unit: 30s, 15m, 24h, 7d')
      .optional()
      .describe('The same as a time from now: 30s, 15m, 24h, 7d'),
  }),
  result: newKey,
  errors: ['not_found'],
});

export const list_api_keys = method({
  role: 'admin',
  summary: 'API keys, newest first; never the keys themselves',
  result: z.object({ keys: z.array(apiKey) }),
});

export const rotate_api_key = method({
  role: 'admin',
  summary: 'Gives a key a new secret',
  description:
    'The old one still works for grace_seconds, so that programs can be changed one after the other.',
  params: z.object({
    key_id: keyId,
    grace_seconds: z
      .int()
      .min(0)
      .max(30 * 86_400)
      .default(0)
      .describe('How long the old one still works'),
  }),
  result: newKey,
  errors: ['not_found', 'invalid_state'],
});

export const revoke_api_key = method({
  role: 'admin',
  summary: 'Ends an API key, its sockets and its media, at once',
  params: z.object({ key_id: keyId }),
  result: z.object({ key_id: z.string(), revoked: z.literal(true) }),
  errors: ['not_found'],
});

const password = z.string().min(10, 'must have at least 10 characters').max(1024);

export const user = z.object({ user: z.string(), role: roleName, cameras: cameraLimit });

export const create_user = method({
  role: 'admin',
  summary: 'Makes a user who logs in with a password',
  params: z.object({ user: userName, password, role: roleName, cameras: cameraLimit.optional() }),
  result: user,
  errors: ['not_found', 'invalid_state'],
});

export const set_user = method({
  role: 'admin',
  summary: "Changes a user's role, cameras or password",
  description:
    'What is left out stays. Rights change at once in every open session; a new password ends the sessions of the user.',
  params: z.object({
    user: userName,
    password: password.optional(),
    role: roleName.optional(),
    cameras: cameraLimit.optional(),
  }),
  result: user,
  errors: ['not_found', 'invalid_state'],
});

export const list_users = method({
  role: 'admin',
  summary: 'Users, by name',
  result: z.object({
    users: z.array(
      user.extend({
        created_at: timestamp,
        last_login_at: timestamp.nullable(),
        password_changed_at: timestamp,
      }),
    ),
  }),
});

export const set_password = method({
  role: 'viewer',
  summary: 'Changes a password: the own one, or as admin that of another',
  description: 'Every other session of the user ends.',
  params: z.object({
    user: userName,
    password,
    current_password: z.string().min(1).max(1024).optional().describe('Needed for the own password'),
  }),
  result: z.object({ user: z.string(), updated: z.literal(true) }),
  errors: ['not_found', 'authentication_failed'],
  isRead: false,
});

export const delete_user = method({
  role: 'admin',
  summary: 'Removes a user and ends what the user has open',
  description: "The last admin can't be removed.",
  params: z.object({ user: userName }),
  result: z.object({ user: z.string(), deleted: z.literal(true) }),
  errors: ['not_found', 'invalid_state'],
});

export const session = z.object({
  session_id: z.string(),
  user: z.string().nullable().describe('null: not logged in'),
  key_id: z.string().nullable().describe('Where it stands on an API key'),
  role: roleName.nullable(),
  auth_method: z.enum(['jwt', 'api_key', 'session', 'password']).nullable(),
  remote_address: z.string(),
  connected_at: timestamp,
  last_call_at: timestamp.nullable(),
  transport: z.enum(['websocket', 'webrtc', 'rtsp']),
  device: z.string().nullable().describe('What is watched, where it is media'),
  own: z.boolean().describe('It is the one that asks'),
});

export const list_sessions = method({
  role: 'admin',
  summary: 'Who is connected: sockets, and viewers of media',
  result: z.object({ sessions: z.array(session) }),
});

export const end_session = method({
  role: 'admin',
  summary: 'Ends a session and the login that it stands on',
  description:
    'Its socket is closed with 4401, its media end within a second, and its token or cookie is of no use any more. An API key stays valid: revoke_api_key ends it.',
  params: z.object({ session_id: z.string().min(1).max(128).describe('As list_sessions tells it') }),
  result: z.object({ session_id: z.string(), ended: z.literal(true) }),
  errors: ['not_found'],
});

/** What `who` of an entry stands on. */
export const identityKind = z.enum(['user', 'api_key', 'token', 'link', 'cli']);

/** How far back a page of the audit log may lie, and how far its entries are counted. */
export const maxAuditOffset = 10_000;

export const auditOutcome = z.enum(['ok', 'refused', 'failed']);

export const auditEntry = z.object({
  time: timestamp.describe('When it ended'),
  who: z
    .string()
    .nullable()
    .describe(
      'The name of the user or API key, `cli:` and the name at the system for the command line; of a refused login the user that it named, where there is one (role is null then)',
    ),
  role: roleName.nullable(),
  identity_kind: identityKind
    .nullable()
    .describe(
      'What it stands on: a user with a password, an API key, a token that bears its rights itself, a one-time link, the command line; null: nobody has proved to be it',
    ),
  key_id: z.string().nullable().describe('Of the API key, whose name another may bear too'),
  remote_address: z.string().describe('`local` of the command line'),
  method: z
    .string()
    .describe(
      'A method of this contract, `GET /files/…` and the like for HTTP, `camera-service …` for commands without one',
    ),
  device: z.string().nullable().describe('`cameraN`; as it was named where there is no such camera'),
  outcome: auditOutcome,
  error_code: z.int().nullable(),
  duration_ms: z.number(),
  request_id: z.string(),
});

export const get_audit_log = method({
  role: 'admin',
  summary: 'Who did what, from where, on which camera, with which outcome; newest first',
  params: z.object({
    limit: z.int().min(1).max(1000).default(50).describe('How many at most'),
    offset: z
      .int()
      .min(0)
      .max(maxAuditOffset)
      .default(0)
      .describe('How many to pass over; for what lies further back set `to`'),
    from: isoTime.optional().describe('At or after'),
    to: isoTime.optional().describe('Before'),
    user: userName.optional().describe('As `who` is; `cli:NAME` for the command line'),
    key_id: keyId.optional(),
    method: z.string().min(1).max(200).optional(),
    device: deviceParam.optional(),
    outcome: auditOutcome.optional(),
  }),
  result: z.object({
    entries: z.array(auditEntry),
    total: z.int().describe(`How many there are in all, counted up to ${maxAuditOffset}`),
    limit: z.int(),
    offset: z.int(),
  }),
  errors: ['not_found'],
});

export const accessMethods = {
  create_api_key,
  list_api_keys,
  rotate_api_key,
  revoke_api_key,
  create_user,
  set_user,
  list_users,
  set_password,
  delete_user,
  list_sessions,
  end_session,
  get_audit_log,
};
