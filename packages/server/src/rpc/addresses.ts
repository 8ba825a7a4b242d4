import type { StreamAddresses } from '../cameras/announcer.ts';

export interface AddressesDeps {
  rtspPort: () => number;
  httpPort: () => number;
  /** Whether the service's own port speaks TLS. */
  isSecure: boolean;
}

/** Addresses for a client, on the host name that it used itself. They carry no credentials. */
export class Addresses {
  readonly #deps: AddressesDeps;

  constructor(deps: AddressesDeps) {
    this.#deps = deps;
  }

  streamsOf(path: string, host: string): StreamAddresses {
    const { rtspPort, httpPort, isSecure } = this.#deps;
    const front = `${isSecure ? 'https' : 'http'}://${host}:${httpPort()}/media/${path}`;
    return {
      rtsp: `rtsp://${host}:${rtspPort()}/${path}`,
      webrtc: `${front}/whep`,
      hls: `${front}/hls/index.m3u8`,
    };
  }
}
