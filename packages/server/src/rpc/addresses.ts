import type { StreamAddresses } from '../cameras/announcer.ts';
import type { ClientNames } from './session.ts';

export interface AddressesDeps {
  rtspPort: () => number;
  httpPort: () => number;
  /** Whether the service's own port speaks TLS. */
  isSecure: boolean;
  /** `server.public_url`, as it is now. */
  publicOrigin: () => string | undefined;
}

/**
 * Addresses for a client: of what HTTP serves, at the public address where there is one, else where the client found us
 * itself; of RTSP, which no proxy of ours passes on, always on the host name that it used. They carry no credentials.
 */
export class Addresses {
  readonly #deps: AddressesDeps;

  constructor(deps: AddressesDeps) {
    this.#deps = deps;
  }

  streamsOf(path: string, { host, origin }: ClientNames): StreamAddresses {
    const { rtspPort, httpPort, isSecure, publicOrigin } = this.#deps;
    const own = `${isSecure ? 'https' : 'http'}://${host}:${httpPort()}`;
    const front = `${publicOrigin() ?? origin ?? own}/media/${path}`;
    return {
      rtsp: `rtsp://${host}:${rtspPort()}/${path}`,
      webrtc: `${front}/whep`,
      hls: `${front}/hls/index.m3u8`,
    };
  }
}
