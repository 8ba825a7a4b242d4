import { randomUUID } from 'node:crypto';
import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { roles } from '@mediamtx-camera-service/protocol';
import { z } from 'zod';
import type { Credentials } from '../auth/credentials.ts';
import { isExpired, type Identity } from '../auth/identity.ts';
import type { UrlSigner } from './signing.ts';

export const sessionCookieName = 'camera_session';
const lifetimeMs = 24 * 3600 * 1000;
const renewedAfterMs = 3600 * 1000;

const basis = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('login'), loginId: z.string() }),
  z.object({ kind: z.literal('user'), loginId: z.string(), generation: z.string() }),
  z.object({ kind: z.literal('api_key'), keyId: z.string(), hash: z.string() }),
]);

const sealedIdentity = z.object({
  user: z.string().min(1),
  role: z.enum(roles),
  expiresAt: z.number(),
  /** Of what the cookie was made from; null: it has no end by itself. */
  ownEnd: z.number().nullable(),
  cameras: z.array(z.string()).optional(),
  basis,
  sessionId: z.string(),
});

type SealedIdentity = z.infer<typeof sealedIdentity>;

export interface SessionCookieDeps {
  signer: UrlSigner;
  credentials: Pick<Credentials, 'current'>;
  /** Whether browsers reach us by TLS alone, whatever the last part of the way speaks; asked at each use. */
  isAlwaysSecure?: () => boolean;
  now?: () => number;
}

export interface SealedSession {
  value: string;
  identity: Identity & { expiresAt: number };
}

/**
 * The page's session: the identity itself in the cookie, marked by the service, so that a page stays logged in over a
 * restart. It is no token: nothing but the cookie is read this way. Each has an id of its own, by which this one
 * browser can be logged out.
 */
export class SessionCookies {
  readonly #signer: UrlSigner;
  readonly #credentials: Pick<Credentials, 'current'>;
  readonly #isAlwaysSecure: () => boolean;
  readonly #now: () => number;

  constructor(deps: SessionCookieDeps) {
    this.#signer = deps.signer;
    this.#credentials = deps.credentials;
    this.#isAlwaysSecure = deps.isAlwaysSecure ?? (() => false);
    this.#now = deps.now ?? Date.now;
  }

  /** A session of 24 hours, or as long as the identity's own rights last. */
  seal(identity: Identity): SealedSession {
    return this.#seal(identity, { ownEnd: identity.expiresAt, sessionId: randomUUID() });
  }

  /** The identity of a cookie; undefined for one that is not ours, has expired or was ended. */
  open(value: string): Identity | undefined {
    return this.#open(value)?.identity;
  }

  /** The session of a user for 24 hours more, once the cookie is an hour old; undefined where there is no need or right. */
  renew(value: string): SealedSession | undefined {
    const opened = this.#open(value);
    if (!opened || opened.identity.basis.kind !== 'user') return undefined;
    const { expiresAt, ownEnd, sessionId } = opened.sealed;
    const isYoung = expiresAt - this.#now() > lifetimeMs - renewedAfterMs;
    if (isYoung || ownEnd !== null) return undefined;
    return this.#seal(opened.identity, { ownEnd, sessionId });
  }

  /** Lets the browser keep the session. */
  send(request: FastifyRequest, reply: FastifyReply, session: SealedSession): void {
    const expires = new Date(session.identity.expiresAt);
    reply.setCookie(sessionCookieName, session.value, { ...this.#options(request), expires });
  }

  /** The browser forgets the session. */
  clear(request: FastifyRequest, reply: FastifyReply): void {
    reply.clearCookie(sessionCookieName, this.#options(request));
  }

  #options({ protocol }: FastifyRequest): CookieSerializeOptions {
    const secure = protocol === 'https' || this.#isAlwaysSecure();
    return { path: '/', httpOnly: true, sameSite: 'strict', secure };
  }

  #seal(identity: Identity, more: { ownEnd: number | null; sessionId: string }): SealedSession {
    const expiresAt = Math.min(this.#now() + lifetimeMs, more.ownEnd ?? Number.POSITIVE_INFINITY);
    const { user, role, cameras, basis: standsOn } = identity;
    const sealed: SealedIdentity = { user, role, expiresAt, cameras, basis: standsOn, ...more };
    const body = Buffer.from(JSON.stringify(sealed)).toString('base64url');
    return {
      value: `${body}.${this.#signer.tag('session', body)}`,
      identity: { ...identity, method: 'session', expiresAt, sessionId: more.sessionId },
    };
  }

  #open(value: string): { identity: Identity; sealed: SealedIdentity } | undefined {
    const [body = '', mark = ''] = value.split('.', 2);
    if (!this.#signer.hasTag(mark, 'session', body)) return undefined;
    const parsed = sealedIdentity.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
    // A cookie of an older version of the service.
    if (!parsed.success) return undefined;
    const sealed = parsed.data;
    const { cameras, ownEnd: _, ...rest } = sealed;
    const identity: Identity = { ...rest, method: 'session', ...(cameras && { cameras }) };
    if (isExpired(identity, this.#now())) return undefined;
    const current = this.#credentials.current(identity);
    return current && { identity: current, sealed };
  }
}
