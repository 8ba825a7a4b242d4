import type { MediaMtxApi, RtspSession } from './api.ts';
import { isOwnConnection } from './viewer-count.ts';

/** Who is connected to MediaMTX now, and the end of it. */
export class MediaMtxSessions {
  readonly #api: Pick<MediaMtxApi, 'listRtspSessions' | 'listWebRtcSessions' | 'kickRtspSession'>;
  readonly #ownPorts: () => Promise<number[]>;

  constructor(
    api: Pick<MediaMtxApi, 'listRtspSessions' | 'listWebRtcSessions' | 'kickRtspSession'>,
    ownPorts: () => Promise<number[]>,
  ) {
    this.#api = api;
    this.#ownPorts = ownPorts;
  }

  /** Players that read, without the service's own readers. Throws `dependency_failed`. */
  async rtspPlayers(): Promise<RtspSession[]> {
    const [sessions, ports] = await Promise.all([this.#api.listRtspSessions(), this.#ownPorts()]);
    return sessions.filter(
      ({ state, remoteAddr }) => state === 'read' && !isOwnConnection(remoteAddr, ports),
    );
  }

  /** Throws `dependency_failed`. */
  async webRtcIds(): Promise<string[]> {
    return (await this.#api.listWebRtcSessions()).map(({ id }) => id);
  }

  /** One that has ended already is no error. Throws `dependency_failed`. */
  kickRtsp(id: string): Promise<void> {
    return this.#api.kickRtspSession(id);
  }
}
