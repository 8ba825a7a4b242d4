import type { Identity } from '../auth/identity.ts';

const untoldMs = 15 * 60_000;
const maxRemembered = 10_000;

/**
 * Tells what a login got a moment ago from what is new. A page shows its pictures again and again, and a player asks for
 * a recording in parts: from the first on the log says that this login has the file. That is decided by what was given
 * alone; headers such as `Sec-Fetch-Dest: image` are the caller's, who could hide a download by them.
 */
export class RepeatedReads {
  readonly #now: () => number;
  /** When each was told, oldest first. */
  readonly #toldAt = new Map<string, number>();

  constructor({ now }: { now: () => number }) {
    this.#now = now;
  }

  /** Whether the same went to the same login at the same address within 15 minutes; if not, it is remembered now. */
  isRepeated(caller: Identity | undefined, { path, address }: { path: string; address: string }): boolean {
    const key = JSON.stringify([caller && holderOf(caller), address, path]);
    const now = this.#now();
    const told = this.#toldAt.get(key);
    if (told !== undefined && told <= now && now - told < untoldMs) return true;
    // Put in anew, so that the oldest stands first; without it the next is told once more, which hides nothing.
    this.#toldAt.delete(key);
    this.#toldAt.set(key, now);
    if (this.#toldAt.size > maxRemembered) this.#toldAt.delete(this.#toldAt.keys().next().value!);
    return false;
  }
}

function holderOf({ basis, sessionId }: Identity): string {
  return sessionId ?? (basis.kind === 'api_key' ? basis.keyId : basis.loginId);
}
