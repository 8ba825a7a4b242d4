import { ffmpegBinary, Program, type Service } from '@mediamtx-camera-service/testkit';

/** A real player that reads over RTSP and counts frames. */
export class RtspPlayer implements AsyncDisposable {
  readonly #program: Program;

  private constructor(program: Program) {
    this.#program = program;
  }

  static open(url: string): RtspPlayer {
    return new RtspPlayer(
      Program.start({
        command: ffmpegBinary(),
        args: [
          // Without a look at the stream first, which would take its seconds.
          ...[
            '-nostdin',
            '-v',
            'error',
            '-analyzeduration',
            '0',
            '-probesize',
            '5000',
            '-rtsp_transport',
            'tcp',
          ],
          ...['-i', url, '-map', '0:v', '-c', 'copy'],
          ...['-f', 'null', '-progress', 'pipe:1', '-stats_period', '0.1', '-'],
        ],
      }),
    );
  }

  get frames(): number {
    return Number([...this.#program.stdout.matchAll(/^frame=(\d+)$/gm)].at(-1)?.[1] ?? 0);
  }

  get exited(): Promise<unknown> {
    return this.#program.exited;
  }

  get hasExited(): boolean {
    return this.#program.hasExited;
  }

  /** What it said, for the error of a test. */
  get words(): string {
    return this.#program.stderr;
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

// What a browser offers that wants to see H.264, with candidates gathered; nobody listens at its address.
const offer = [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'm=video 9 UDP/TLS/RTP/SAVPF 102',
  'c=IN IP4 0.0.0.0',
  'a=candidate:1 1 udp 2113937151 127.0.0.1 9 typ host',
  'a=ice-ufrag:EsAw',
  'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1',
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`,
  'a=setup:actpass',
  'a=mid:0',
  'a=recvonly',
  'a=rtcp-mux',
  'a=rtpmap:102 H264/90000',
  'a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
  '',
].join('\r\n');

/** Offers to watch by WHEP at the service's front, and ends the session at once; the status of the answer. */
export async function tryWhep(service: Service, token: string, device = 'camera0'): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const reply = await fetch(`${service.httpUrl}/media/${device}/whep`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/sdp' },
    body: offer,
  });
  const location = reply.headers.get('location');
  if (location) await fetch(new URL(location, service.httpUrl), { method: 'DELETE', headers });
  return reply.status;
}

/** Asks for the HLS playlist at the service's front; the status of the answer. */
export async function tryHls(service: Service, token: string, device = 'camera0'): Promise<number> {
  const url = `${service.httpUrl}/media/${device}/hls/index.m3u8`;
  return (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status;
}
