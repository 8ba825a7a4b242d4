import { z } from 'zod';
import { roles } from '../roles.ts';
import { method } from './define.ts';
import { timestamp } from './common.ts';

export const ping = method({
  role: 'none',
  summary: 'Answers "pong"',
  result: z.literal('pong'),
});

export const authenticate = method({
  role: 'none',
  summary: 'Binds an identity to the calling socket',
  description:
    "Only this socket is authenticated. A token sent with the WebSocket upgrade (`Authorization: Bearer`, the page's cookie) makes this call unnecessary.",
  params: z.object({
    auth_token: z.string().min(1).max(8192).optional().describe('A JWT or an API key'),
    token: z.string().min(1).max(8192).optional().describe('Alias of auth_token'),
    auth_type: z.enum(['jwt', 'api_key', 'auto']).default('auto').describe('How to read the token'),
  }),
  result: z.object({
    authenticated: z.literal(true),
    role: z.enum(roles),
    permissions: z.array(z.enum(['view', 'control', 'admin'])),
    expires_at: timestamp.nullable().describe('When the rights end'),
    session_id: z.string(),
    auth_method: z.enum(['jwt', 'api_key', 'session']),
  }),
  errors: ['authentication_failed'],
});

export const sessionMethods = { ping, authenticate };
