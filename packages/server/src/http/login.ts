import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { methods } from '@mediamtx-camera-service/protocol';
import { z } from 'zod';
import type { Credentials } from '../auth/credentials.ts';
import type { Identity } from '../auth/identity.ts';
import type { LoginCodes } from '../auth/login-codes.ts';
import type { Logins } from '../auth/logins.ts';
import { AppError } from '../errors.ts';
import { sessionCookieName, type SealedSession, type SessionCookies } from './session-cookie.ts';

export interface LoginDeps {
  credentials: Pick<Credentials, 'verify' | 'endLogin'>;
  logins: Pick<Logins, 'byPassword'>;
  loginCodes: LoginCodes;
  cookies: SessionCookies;
}

const tokenForm = z.object({ token: z.string().trim().min(1).max(8192) });
const passwordForm = methods.login.params;

/** The page's login: by a code from a terminal, by a token or a password in its form, and its end. */
export function addLoginRoutes(app: FastifyInstance, deps: LoginDeps): void {
  // No HEAD route: it would use the code up.
  app.get('/login', { exposeHeadRoute: false, config: { audited: true } }, (request: CodeRequest, reply) =>
    loginByCode(deps, request, reply),
  );
  app.post('/login', { config: { audited: true } }, (request, reply) => loginByForm(deps, request, reply));
  app.post('/logout', { config: { audited: true } }, (request, reply) => logout(deps, request, reply));
}

type CodeRequest = FastifyRequest<{ Querystring: { code?: unknown } }>;

function loginByCode(deps: LoginDeps, request: CodeRequest, reply: FastifyReply): FastifyReply {
  const { code } = request.query;
  reply.header('cache-control', 'no-store');
  if (typeof code !== 'string') return reply.redirect('/', 303);
  const identity = deps.loginCodes.redeem(code);
  if (!identity) return reply.redirect('/?login=expired', 303);
  request.caller = identity;
  deps.cookies.send(request, reply, deps.cookies.seal(identity));
  return reply.redirect('/', 303);
}

async function loginByForm(
  deps: LoginDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  request.caller = await identify(deps, request);
  const session = deps.cookies.seal(request.caller);
  deps.cookies.send(request, reply, session);
  return reply.header('cache-control', 'no-store').send(describe(session));
}

async function identify({ credentials, logins }: LoginDeps, request: FastifyRequest): Promise<Identity> {
  const byToken = tokenForm.safeParse(request.body);
  if (byToken.success) return await credentials.verify(byToken.data.token);
  const byPassword = passwordForm.safeParse(request.body);
  if (byPassword.success) return await logins.byPassword({ ...byPassword.data, remoteAddress: request.ip });
  throw new AppError('invalid_params', {
    reason: 'invalid_param',
    param: 'token',
    rule: 'required',
    details: 'there must be a token, or a user and a password',
    suggestion: 'send {"token": …} or {"user": …, "password": …}',
  });
}

/** Ends this browser's login also where the cookie was copied. */
function logout(deps: LoginDeps, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const cookie = request.cookies[sessionCookieName];
  const identity = cookie === undefined ? undefined : deps.cookies.open(cookie);
  request.caller = identity;
  if (identity) deps.credentials.endLogin(identity);
  deps.cookies.clear(request, reply);
  return reply.send({ logged_out: true });
}

function describe({ identity }: SealedSession): Record<string, unknown> {
  const { role, user, expiresAt } = identity;
  return { authenticated: true, role, user, expires_at: new Date(expiresAt).toISOString() };
}
