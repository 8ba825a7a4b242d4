import type { FastifyRequest } from 'fastify';
import type { Identity } from '../auth/identity.ts';
import type { Tokens } from '../auth/tokens.ts';
import { AppError } from '../errors.ts';
import { sessionCookieName, type SessionCookies } from './session-cookie.ts';

/** Who makes a request: `Authorization: Bearer`, `X-API-Key`, or the page's cookie, in this order. */
export class RequestAuth {
  readonly #tokens: Tokens;
  readonly #cookies: SessionCookies;

  constructor(deps: { tokens: Tokens; cookies: SessionCookies }) {
    this.#tokens = deps.tokens;
    this.#cookies = deps.cookies;
  }

  /**
   * The caller, or undefined where nobody logged in. Throws `authentication_failed` for a token that is not valid; a
   * cookie that is not valid counts as none, since a browser sends it unasked.
   */
  async identify(request: FastifyRequest): Promise<Identity | undefined> {
    const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (bearer !== undefined) return this.#tokens.verify(bearer);
    if (request.headers['x-api-key'] !== undefined) {
      throw new AppError('authentication_failed', {
        reason: 'unsupported',
        details: 'API keys are not supported yet',
        suggestion: 'send a token as Authorization: Bearer',
      });
    }
    const cookie = request.cookies[sessionCookieName];
    return cookie === undefined ? undefined : this.#cookies.open(cookie);
  }

  /** The caller; throws `authentication_failed` where nobody logged in. */
  async require(request: FastifyRequest): Promise<Identity> {
    const identity = await this.identify(request);
    if (identity) return identity;
    throw new AppError('authentication_failed', {
      reason: 'login_required',
      details: 'no login',
      suggestion: 'log in on the page, or send a token as Authorization: Bearer',
    });
  }
}
