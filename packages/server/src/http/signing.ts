import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

export interface SignerDeps {
  secret: Uint8Array;
  /** The secret before it: what it signed is still taken, where `previousUntil` (epoch milliseconds) is told until then. */
  previousSecret?: Uint8Array | undefined;
  previousUntil?: number | undefined;
  now?: () => number;
}

/**
 * Signs what is handed out in URLs. The key is derived from the JWT secret, so links live as long as logins do and a
 * new secret ends both; a derived key never lets a link pass for a token.
 */
export class UrlSigner {
  readonly #key: Uint8Array;
  readonly #previous: { key: Uint8Array; until: number } | undefined;
  readonly #now: () => number;

  constructor({ secret, previousSecret, previousUntil, now = Date.now }: SignerDeps) {
    this.#key = deriveKey(secret);
    this.#previous = previousSecret && {
      key: deriveKey(previousSecret),
      until: previousUntil ?? Number.POSITIVE_INFINITY,
    };
    this.#now = now;
  }

  /** `path` with a query that grants it until `expiresAtMs` (epoch, rounded down to a second), to `by` where told. */
  sign(path: string, expiresAtMs: number, by?: string): string {
    const exp = String(Math.floor(expiresAtMs / 1000));
    const holder = by === undefined ? '' : `&by=${by}`;
    return `${path}?exp=${exp}${holder}&sig=${this.tag('url', ...signedParts(path, exp, by))}`;
  }

  /** Whether `exp`, `by` and `sig` of a query grant the path now. */
  verify(
    path: string,
    { exp, by, sig }: { exp?: unknown; by?: unknown; sig?: unknown },
  ): 'valid' | 'expired' | 'invalid' {
    if (typeof exp !== 'string' || typeof sig !== 'string' || !/^\d{1,12}$/.test(exp)) return 'invalid';
    if (by !== undefined && typeof by !== 'string') return 'invalid';
    if (!this.hasTag(sig, 'url', ...signedParts(path, exp, by))) return 'invalid';
    return Number(exp) * 1000 > this.#now() ? 'valid' : 'expired';
  }

  /** A mark that only this service can make, for these parts in this order and this purpose. */
  tag(purpose: string, ...parts: string[]): string {
    return tagBy(this.#key, purpose, parts);
  }

  hasTag(tag: string, purpose: string, ...parts: string[]): boolean {
    if (isEqual(tag, tagBy(this.#key, purpose, parts))) return true;
    const previous = this.#previous;
    if (previous === undefined || previous.until <= this.#now()) return false;
    return isEqual(tag, tagBy(previous.key, purpose, parts));
  }
}

function signedParts(path: string, exp: string, by: string | undefined): string[] {
  return by === undefined ? [path, exp] : [path, exp, by];
}

function deriveKey(secret: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', 'camera-service url signing', 32));
}

function tagBy(key: Uint8Array, purpose: string, parts: string[]): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([purpose, ...parts]))
    .digest('base64url');
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
