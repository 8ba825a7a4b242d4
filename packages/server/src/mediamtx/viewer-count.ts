import type { MediaMtxApi } from './api.ts';
import type { PathState } from './path-state.ts';

/**
 * Tells viewers from the service's own readers. MediaMTX names a reader by its session; the session's remote address
 * shows whether it is one of our connections (a name or a user would do only in newer versions).
 */
export class ViewerCount {
  readonly #api: Pick<MediaMtxApi, 'listRtspSessions'>;
  readonly #ownPorts: () => Promise<number[]>;
  #isOwn = new Map<string, boolean>();
  #counts = new Map<string, number>();

  constructor(api: Pick<MediaMtxApi, 'listRtspSessions'>, ownPorts: () => Promise<number[]>) {
    this.#api = api;
    this.#ownPorts = ownPorts;
  }

  of(path: string): number {
    return this.#counts.get(path) ?? 0;
  }

  async update(paths: PathState[]): Promise<void> {
    const rtspReaders = paths.flatMap((path) =>
      path.readers.filter((reader) => reader.type === 'rtspSession'),
    );
    if (rtspReaders.some(({ id }) => !this.#isOwn.has(id))) await this.#identify();
    const present = new Set(rtspReaders.map(({ id }) => id));
    this.#isOwn = new Map([...this.#isOwn].filter(([id]) => present.has(id)));
    this.#counts = new Map(
      paths.map((path) => [
        path.name,
        // The muxer reads once for all HLS viewers; it stays a while after the last, so it is one.
        path.readers.filter(({ id }) => this.#isOwn.get(id) !== true).length,
      ]),
    );
  }

  async #identify(): Promise<void> {
    const [sessions, ports] = await Promise.all([this.#api.listRtspSessions(), this.#ownPorts()]);
    for (const { id, remoteAddr } of sessions) {
      this.#isOwn.set(id, isOwnConnection(remoteAddr, ports));
    }
  }
}

/** Whether it comes from this machine and from one of these ports. */
export function isOwnConnection(remoteAddr: string, ports: number[]): boolean {
  const port = Number(remoteAddr.slice(remoteAddr.lastIndexOf(':') + 1));
  const isLoopback = remoteAddr.startsWith('127.') || remoteAddr.startsWith('[::1]');
  return isLoopback && ports.includes(port);
}
