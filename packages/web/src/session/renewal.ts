import { viewOf, type AppStore } from '../app-state.ts';
import { findBootstrap, type Bootstrap } from '../bootstrap.ts';
import type { PageClient } from './page-client.ts';

const everyMs = 3600_000;
/** A socket has the rights of the cookie that it was opened with; these end after a day. */
const oldestSocketMs = 12 * 3600_000;
/** Of calls that are refused one after the other the first asks. */
const soonestMs = 2_000;

/**
 * Reads the page's own address while it is looked at: the service lengthens the session with it, and says in it who
 * one is by now and which cameras there are.
 */
export class Renewal {
  readonly #client: PageClient;
  readonly #store: AppStore;
  #readAt = Date.now();
  #openedAt = Date.now();

  constructor({ client, store }: { client: PageClient; store: AppStore }) {
    this.#client = client;
    this.#store = store;
  }

  start(): void {
    const renewWhenDue = (): void => this.#renewAfter(everyMs);
    this.#client.onState(({ status }) => {
      if (status === 'open') this.#openedAt = Date.now();
    });
    this.#client.onRefusal(() => this.#renewAfter(soonestMs));
    setInterval(renewWhenDue, everyMs / 60);
    document.addEventListener('visibilitychange', renewWhenDue);
  }

  #renewAfter(ageMs: number): void {
    const { isAuthenticated, isLeaving } = this.#store.get();
    const isWanted = isAuthenticated && !isLeaving && document.visibilityState === 'visible';
    if (!isWanted || Date.now() - this.#readAt < ageMs) return;
    this.#readAt = Date.now();
    this.#renew().catch(() => {
      // The service is away: the next time asks again.
    });
  }

  async #renew(): Promise<void> {
    const response = await fetch('/', { cache: 'no-store' });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const bootstrap = findBootstrap(page);
    if (bootstrap?.authenticated) this.#take(bootstrap);
    else if (bootstrap) await this.#end();
  }

  #take({ role, user, has_password: hasPassword, cameras = [] }: Bootstrap): void {
    this.#store.patch({ role: role ?? null, user: user ?? null, hasPassword: hasPassword ?? false });
    this.#store.setCameras(cameras.map((camera) => viewOf(camera, this.#store.cameraOf(camera.device))));
    if (Date.now() - this.#openedAt > oldestSocketMs) this.#client.reconnect();
  }

  async #end(): Promise<void> {
    this.#store.end('expired');
    await this.#client.stop();
  }
}
