import { roles } from '@mediamtx-camera-service/protocol';
import { z } from 'zod';
import type { Credentials } from '../auth/credentials.ts';
import { isExpired, type Identity } from '../auth/identity.ts';
import type { UrlSigner } from './signing.ts';

export const sessionCookieName = 'camera_session';
const lifetimeMs = 24 * 3600 * 1000;

const basis = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('login'), loginId: z.string() }),
  z.object({ kind: z.literal('user'), loginId: z.string(), generation: z.string() }),
  z.object({ kind: z.literal('api_key'), keyId: z.string(), hash: z.string() }),
]);

const sealedIdentity = z.object({
  user: z.string().min(1),
  role: z.enum(roles),
  expiresAt: z.number(),
  cameras: z.array(z.string()).optional(),
  basis,
});

/**
 * The page's session: the identity itself in the cookie, marked by the service, so that a page stays logged in over a
 * restart. It is no token: nothing but the cookie is read this way.
 */
export class SessionCookies {
  readonly #signer: UrlSigner;
  readonly #credentials: Pick<Credentials, 'current'>;
  readonly #now: () => number;

  constructor(deps: { signer: UrlSigner; credentials: Pick<Credentials, 'current'>; now?: () => number }) {
    this.#signer = deps.signer;
    this.#credentials = deps.credentials;
    this.#now = deps.now ?? Date.now;
  }

  /** A session of 24 hours, or as long as the identity's own rights last. */
  seal(identity: Identity): { value: string; identity: Identity & { expiresAt: number } } {
    const expiresAt = Math.min(this.#now() + lifetimeMs, identity.expiresAt ?? Number.POSITIVE_INFINITY);
    const { user, role, cameras, basis: standsOn } = identity;
    const sealed = { user, role, expiresAt, cameras, basis: standsOn };
    const body = Buffer.from(JSON.stringify(sealed)).toString('base64url');
    return {
      value: `${body}.${this.#signer.tag('session', body)}`,
      identity: { ...identity, method: 'session', expiresAt },
    };
  }

  /** The identity of a cookie; undefined for one that is not ours, has expired or was ended. */
  open(value: string): Identity | undefined {
    const [body = '', mark = ''] = value.split('.', 2);
    if (!this.#signer.hasTag(mark, 'session', body)) return undefined;
    const parsed = sealedIdentity.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
    // A cookie of an older version of the service.
    if (!parsed.success) return undefined;
    const { cameras, ...rest } = parsed.data;
    const identity: Identity = { ...rest, method: 'session', ...(cameras && { cameras }) };
    return isExpired(identity, this.#now()) ? undefined : this.#credentials.current(identity);
  }
}
