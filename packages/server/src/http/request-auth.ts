import type { FastifyRequest } from 'fastify';
import type { Identity } from '../auth/identity.ts';
import type { Credentials } from '../auth/credentials.ts';
import { AppError } from '../errors.ts';
import { sessionCookieName, type SessionCookies } from './session-cookie.ts';

/** Who makes a request: `Authorization: Bearer`, `X-API-Key`, or the page's cookie, in this order. */
export class RequestAuth {
  readonly #credentials: Pick<Credentials, 'verify'>;
  readonly #cookies: SessionCookies;

  constructor(deps: { credentials: Pick<Credentials, 'verify'>; cookies: SessionCookies }) {
    this.#credentials = deps.credentials;
    this.#cookies = deps.cookies;
  }

  /**
   * The caller, who is noted on the request, or undefined where nobody logged in. Throws `authentication_failed` for a
   * token that is not valid; a cookie that is not valid counts as none, since a browser sends it unasked.
   */
  async identify(request: FastifyRequest): Promise<Identity | undefined> {
    request.caller = await this.#find(request);
    return request.caller;
  }

  /** The caller; throws `authentication_failed` where nobody logged in. */
  async require(request: FastifyRequest): Promise<Identity> {
    const identity = await this.identify(request);
    if (identity) return identity;
    throw new AppError('authentication_failed', {
      reason: 'login_required',
      details: 'no login',
      suggestion: 'log in on the page, or send a token as Authorization: Bearer, or an API key as X-API-Key',
    });
  }

  async #find(request: FastifyRequest): Promise<Identity | undefined> {
    const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (bearer !== undefined) return this.#credentials.verify(bearer);
    const apiKey = request.headers['x-api-key'];
    if (typeof apiKey === 'string') return this.#credentials.verify(apiKey, 'api_key');
    const cookie = request.cookies[sessionCookieName];
    return cookie === undefined ? undefined : this.#cookies.open(cookie);
  }
}
