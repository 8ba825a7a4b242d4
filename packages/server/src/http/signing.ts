import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/**
 * Signs what is handed out in URLs. The key is derived from the JWT secret, so links live as long as logins do and a
 * new secret ends both; a derived key never lets a link pass for a token.
 */
export class UrlSigner {
  readonly #key: Uint8Array;
  readonly #now: () => number;

  constructor(deps: { secret: Uint8Array; now?: () => number }) {
    this.#key = new Uint8Array(hkdfSync('sha256', deps.secret, '', 'camera-service url signing', 32));
    this.#now = deps.now ?? Date.now;
  }

  /** `path` with a query that grants it until `expiresAtMs` (epoch, rounded up to a second). */
  sign(path: string, expiresAtMs: number): string {
    const exp = Math.ceil(expiresAtMs / 1000);
    return `${path}?exp=${exp}&sig=${this.tag('url', path, String(exp))}`;
  }

  /** Whether `exp` and `sig` of a query grant the path now. */
  verify(path: string, query: { exp?: unknown; sig?: unknown }): 'valid' | 'expired' | 'invalid' {
    const { exp, sig } = query;
    if (typeof exp !== 'string' || typeof sig !== 'string' || !/^\d{1,12}$/.test(exp)) return 'invalid';
    if (!this.hasTag(sig, 'url', path, exp)) return 'invalid';
    return Number(exp) * 1000 > this.#now() ? 'valid' : 'expired';
  }

  /** A mark that only this service can make, for these parts in this order and this purpose. */
  tag(purpose: string, ...parts: string[]): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([purpose, ...parts]))
      .digest('base64url');
  }

  hasTag(tag: string, purpose: string, ...parts: string[]): boolean {
    const expected = Buffer.from(this.tag(purpose, ...parts));
    const given = Buffer.from(tag);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}
