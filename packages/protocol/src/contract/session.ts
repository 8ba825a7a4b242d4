import { z } from 'zod';
import { roles } from '../roles.ts';
import { timestamp, userName } from './common.ts';
import { method } from './define.ts';

export const ping = method({
  role: 'none',
  summary: 'Answers "pong"',
  result: z.literal('pong'),
});

const loginResult = z.object({
  authenticated: z.literal(true),
  role: z.enum(roles),
  permissions: z.array(z.enum(['view', 'control', 'admin'])),
  expires_at: timestamp.nullable().describe('When the rights end'),
  session_id: z.string(),
  auth_method: z.enum(['jwt', 'api_key', 'session', 'password']),
});

const token = z.string().min(1).max(8192);

export const authenticate = method({
  role: 'none',
  summary: 'Binds an identity to the calling socket',
  description:
    "Only this socket is authenticated. A token sent with the WebSocket upgrade (`Authorization: Bearer`, `X-API-Key`, the page's cookie) makes this call unnecessary.",
  params: z.object({
    auth_token: token.optional().describe('A JWT or an API key'),
    token: token.optional().describe('Alias of auth_token'),
    auth_type: z.enum(['jwt', 'api_key', 'auto']).default('auto').describe('How to read the token'),
  }),
  result: loginResult,
  errors: ['authentication_failed'],
});

export const login = method({
  role: 'none',
  summary: 'Logs a user in with a password',
  description:
    'Binds the user to the calling socket, and gives a token for other sockets and for HTTP. After 5 wrong passwords in a minute from one address or for one user the next tries are refused for a while.',
  params: z.object({ user: userName, password: z.string().min(1).max(1024) }),
  result: loginResult.extend({ token: z.string().describe('A JWT of this login') }),
  errors: ['authentication_failed'],
});

export const logout = method({
  role: 'viewer',
  summary: 'Ends the login of the calling socket',
  description:
    'The token or cookie that it stands on is of no use any more, wherever it was sent; its media end. An API key stays valid: revoke_api_key ends it. The socket stays open and can log in again.',
  result: z.object({ logged_out: z.literal(true) }),
  isRead: false,
});

export const refresh_token = method({
  role: 'viewer',
  summary: 'A new token with the same rights, before the old one expires',
  description:
    "It lives as long as a new token does, but never longer than what it stands on: a token that was made with an end of its own (by the CLI, or by another program that knows the secret) can't be prolonged beyond it, nor can an API key.",
  result: z.object({ token: z.string(), expires_at: timestamp }),
  errors: ['invalid_state'],
  isRead: false,
});

export const sessionMethods = { ping, authenticate, login, logout, refresh_token };
