import { ffmpegBinary, Program, type Service } from '@mediamtx-camera-service/testkit';
import { whepOffer } from './whep-offer.ts';

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

/** Offers to watch by WHEP at the service's front, and ends the session at once; the status of the answer. */
export async function tryWhep(service: Service, token: string, device = 'camera0'): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const reply = await fetch(`${service.httpUrl}/media/${device}/whep`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/sdp' },
    body: whepOffer,
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
