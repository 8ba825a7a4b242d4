import { playWhep, type WhepSession } from '@mediamtx-camera-service/client';

interface EarlySession {
  session: Promise<WhepSession>;
  controller: AbortController;
  cap: ReturnType<typeof setTimeout>;
}

/** A page that has not come for its session by then shows something else. */
const untakenCapMs = 5_000;

/**
 * Sessions that are opened while the page is still being fetched and parsed, so that its first picture only waits for
 * the next keyframe. Each is handed over once; what nobody takes is ended.
 */
export class HeadStart {
  readonly #sessions = new Map<string, EarlySession>();

  /** Opens a session at each WHEP address, and returns. */
  begin(urls: string[]): void {
    for (const url of urls) {
      const controller = new AbortController();
      const session = playWhep({ url, signal: controller.signal });
      // The error is told by whoever takes the session.
      session.catch(() => undefined);
      const cap = setTimeout(() => this.#drop(url), untakenCapMs);
      this.#sessions.set(url, { session, controller, cap });
    }
    window.addEventListener('pagehide', () => urls.forEach((url) => this.#drop(url)), { once: true });
  }

  /** @returns the session that was begun for this address, or undefined; the signal ends it from now on */
  take(url: string, signal: AbortSignal): Promise<WhepSession> | undefined {
    const early = this.#sessions.get(url);
    if (!early) return undefined;
    this.#sessions.delete(url);
    clearTimeout(early.cap);
    signal.addEventListener('abort', () => early.controller.abort(signal.reason), { once: true });
    return early.session;
  }

  #drop(url: string): void {
    this.#sessions.get(url)?.controller.abort();
    this.#sessions.delete(url);
  }
}
