import type { Credentials } from '../auth/credentials.ts';
import { isExpired, type Identity } from '../auth/identity.ts';
import type { UrlSigner } from '../http/signing.ts';
import { holderOf, identityOf } from './link-holder.ts';

export interface DownloadLinksDeps {
  signer: Pick<UrlSigner, 'sign' | 'verify'>;
  credentials: Pick<Credentials, 'current' | 'ofKey'>;
  /** Asked each time, as it can be changed. */
  openReads?: () => boolean;
  now?: () => number;
}

/** What a link's query may hold; `by`: whom it was made for. */
export interface LinkQuery {
  exp?: string | undefined;
  by?: string | undefined;
  sig?: string | undefined;
}

/** `identity`: whose right the link stands on, with the rights of now; undefined: on `security.open_reads`. */
export type OpenedLink =
  | { state: 'valid'; identity: Identity | undefined }
  | { state: 'expired' | 'invalid' | 'ended' };

// As long as a page may stay open before it asks for the list again.
const lifetimeMs = 24 * 3_600_000;

/**
 * Links that download one file without a login, for a day. Each is bound to whom it was made for, and opens nothing
 * that its holder may not see now: it ends with the login, the user or the key.
 */
export class DownloadLinks {
  readonly #deps: DownloadLinksDeps;
  readonly #now: () => number;

  constructor(deps: DownloadLinksDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
  }

  /** `identity`: undefined under `security.open_reads`; such a link is of use only while that is on. */
  make(path: string, identity: Identity | undefined): string {
    const end = Math.min(this.#now() + lifetimeMs, identity?.expiresAt ?? Number.POSITIVE_INFINITY);
    return this.#deps.signer.sign(path, end, identity && holderOf(identity));
  }

  open(path: string, query: LinkQuery): OpenedLink {
    const { signer, credentials, openReads } = this.#deps;
    const state = signer.verify(path, query);
    if (state !== 'valid') return { state };
    if (query.by === undefined) {
      return openReads?.() === true ? { state: 'valid', identity: undefined } : { state: 'ended' };
    }
    const identity = identityOf(query.by, credentials);
    if (!identity || isExpired(identity, this.#now())) return { state: 'ended' };
    return {
      state: 'valid',
      identity: { ...identity, expiresAt: earlier(identity.expiresAt, Number(query.exp) * 1000) },
    };
  }
}

/** The end of the login that the link was made by is known to the link alone. */
function earlier(end: number | null, linkEnd: number): number {
  return Math.min(end ?? Number.POSITIVE_INFINITY, linkEnd);
}
