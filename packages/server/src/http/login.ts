import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Identity } from '../auth/identity.ts';
import type { LoginCodes } from '../auth/login-codes.ts';
import type { Credentials } from '../auth/credentials.ts';
import { AppError } from '../errors.ts';
import { statusOf } from './error-reply.ts';
import { sessionCookieName, type SessionCookies } from './session-cookie.ts';

export interface LoginDeps {
  credentials: Pick<Credentials, 'verify'>;
  loginCodes: LoginCodes;
  cookies: SessionCookies;
}

const loginBody = z.object({ token: z.string().min(1).max(8192) });

/** The page's login: by a code from a terminal, by a token in its form, and its end. */
export function addLoginRoutes(app: FastifyInstance, deps: LoginDeps): void {
  // No HEAD route: it would use the code up.
  app.get('/login', { exposeHeadRoute: false }, (request: CodeRequest, reply) =>
    loginByCode(deps, request, reply),
  );
  app.post('/login', (request, reply) => loginByToken(deps, request, reply));
  app.post('/logout', (request, reply) =>
    reply.clearCookie(sessionCookieName, cookieOptions(request)).send({ logged_out: true }),
  );
}

type CodeRequest = FastifyRequest<{ Querystring: { code?: unknown } }>;

function loginByCode(deps: LoginDeps, request: CodeRequest, reply: FastifyReply): FastifyReply {
  const { code } = request.query;
  reply.header('cache-control', 'no-store');
  if (typeof code !== 'string') return reply.redirect('/', 303);
  const identity = deps.loginCodes.redeem(code);
  if (!identity) return reply.redirect('/?login=expired', 303);
  setSession(deps, identity, { request, reply });
  return reply.redirect('/', 303);
}

async function loginByToken(
  deps: LoginDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store');
  try {
    const body = loginBody.safeParse(request.body);
    if (!body.success) {
      throw new AppError('invalid_params', {
        reason: 'invalid_param',
        param: 'token',
        rule: 'a text',
        details: 'token must be a text',
      });
    }
    const identity = setSession(deps, await deps.credentials.verify(body.data.token.trim()), {
      request,
      reply,
    });
    const expiresAt = new Date(identity.expiresAt).toISOString();
    return reply.send({
      authenticated: true,
      role: identity.role,
      user: identity.user,
      expires_at: expiresAt,
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // The form reads the reasons at the top of the error.
    return reply.code(statusOf(error)).send({ error: { ...error.toRpcError(), ...error.data } });
  }
}

function setSession(
  deps: LoginDeps,
  identity: Identity,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Identity & { expiresAt: number } {
  const session = deps.cookies.seal(identity);
  const expires = new Date(session.identity.expiresAt);
  reply.setCookie(sessionCookieName, session.value, { ...cookieOptions(request), expires });
  return session.identity;
}

function cookieOptions(request: FastifyRequest): CookieSerializeOptions {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: request.protocol === 'https' };
}
