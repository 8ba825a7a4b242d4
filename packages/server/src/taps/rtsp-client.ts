import { type Socket, connect } from 'node:net';
import { RtspFramer, type RtspMessage } from './rtsp-framer.ts';
import { RtspStatusError } from './rtsp-errors.ts';
import { type H264Track, findH264Track } from './sdp.ts';

/** One reader session over RTSP/1.0 with RTP interleaved in its TCP connection. Used once: a new try is a new client. */
export interface TapTarget {
  host: string;
  port: number;
  /** Without a leading slash. */
  path: string;
  username?: string;
  password?: string;
}

export interface RtspClientOptions {
  target: TapTarget;
  /** One RTP packet; a view, valid during the call. */
  onPacket: (packet: Buffer) => void;
  /** For connecting and for each request; default 5 s. */
  requestTimeoutMs?: number;
  /** MediaMTX closes a session that says nothing for 60 s; default 20 s. */
  keepaliveMs?: number;
  /** Nothing at all received for so long ends the session; default 12 s. */
  silenceMs?: number;
}

interface PendingRequest {
  resolve: (message: RtspMessage) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

export class RtspClient {
  #options: RtspClientOptions;
  #url: string;
  #socket: Socket | undefined;
  #framer: RtspFramer;
  #pending = new Map<string, PendingRequest>();
  #nextSequence = 1;
  #session: string | undefined;
  #keepaliveMethod = 'OPTIONS';
  #keepalive: NodeJS.Timeout | undefined;
  #resolveClosed!: (error: Error) => void;
  /** Resolves once with what ended the session; never rejects. */
  readonly closed: Promise<Error>;

  constructor(options: RtspClientOptions) {
    this.#options = options;
    const { host, port, path } = options.target;
    this.#url = `rtsp://${host.includes(':') ? `[${host}]` : host}:${port}/${path}`;
    this.#framer = new RtspFramer({
      onPacket: (channel, payload) => {
        if (channel === 0) options.onPacket(payload);
      },
      onMessage: (message) => this.#takeAnswer(message),
    });
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  /** The port of our end, by which the media server's list of sessions tells us from viewers. */
  get localPort(): number | undefined {
    return this.#socket?.localPort;
  }

  /** Connects and asks what there is. Rejects with RtspStatusError, a system error, or a named one. */
  async describe(): Promise<H264Track> {
    await this.#connect();
    const options = await this.#request('OPTIONS', this.#url);
    if (options.headers.get('public')?.includes('GET_PARAMETER') === true)
      this.#keepaliveMethod = 'GET_PARAMETER';
    const answer = await this.#request('DESCRIBE', this.#url, { Accept: 'application/sdp' });
    return findH264Track(answer.body.toString('utf8'), answer.headers.get('content-base') ?? this.#url);
  }

  /** Starts the track; packets come from here on, possibly before this resolves. */
  async play(track: H264Track): Promise<void> {
    const setup = await this.#request('SETUP', track.control, {
      Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1',
    });
    this.#session = setup.headers.get('session')?.split(';')[0]?.trim();
    await this.#request('PLAY', this.#url, { Range: 'npt=0.000-' });
    this.#keepalive = setInterval(() => {
      // A keepalive that fails has ended the session already; `closed` tells why.
      this.#request(this.#keepaliveMethod, this.#url).catch((error: unknown) => this.#end(toError(error)));
    }, this.#options.keepaliveMs ?? 20_000);
  }

  /** Says goodbye and closes. Idempotent. */
  close(): void {
    const socket = this.#socket;
    if (this.#session !== undefined && socket?.writable === true) {
      socket.end(this.#formatRequest('TEARDOWN', this.#url, {}));
    }
    this.#end(new Error('closed'));
  }

  #connect(): Promise<void> {
    const { host, port } = this.#options.target;
    const timeoutMs = this.#options.requestTimeoutMs ?? 5000;
    const socket = connect({ host, port, noDelay: true });
    this.#socket = socket;
    socket.on('data', (chunk) => this.#takeChunk(chunk));
    socket.once('close', () => this.#end(new Error('the media server closed the connection')));
    socket.setTimeout(timeoutMs, () => this.#end(new Error('the media server is silent')));
    return new Promise((resolve, reject) => {
      socket.on('error', (error) => {
        reject(error);
        this.#end(error);
      });
      socket.once('connect', () => {
        socket.setTimeout(this.#options.silenceMs ?? 12_000);
        resolve();
      });
      void this.closed.then(reject);
    });
  }

  #request(method: string, url: string, headers: Record<string, string> = {}): Promise<RtspMessage> {
    return new Promise((resolve, reject) => {
      const socket = this.#socket;
      if (socket === undefined || !socket.writable) {
        reject(new Error('the connection is closed'));
        return;
      }
      const sequence = String(this.#nextSequence);
      const timer = setTimeout(() => {
        const error = new Error(`the media server did not answer ${method}`);
        reject(error);
        this.#end(error);
      }, this.#options.requestTimeoutMs ?? 5000);
      this.#pending.set(sequence, { resolve, reject, timer });
      socket.write(this.#formatRequest(method, url, headers));
    });
  }

  #formatRequest(method: string, url: string, headers: Record<string, string>): string {
    const all: Record<string, string> = {
      CSeq: String(this.#nextSequence),
      'User-Agent': 'camera-service',
      ...headers,
    };
    this.#nextSequence += 1;
    const { username, password } = this.#options.target;
    if (username !== undefined) {
      all['Authorization'] = `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
    }
    if (this.#session !== undefined) all['Session'] = this.#session;
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    return `${method} ${url} RTSP/1.0\r\n${lines.join('')}\r\n`;
  }

  #takeChunk(chunk: Buffer): void {
    try {
      this.#framer.push(chunk);
    } catch (error) {
      this.#end(toError(error));
    }
  }

  #takeAnswer(message: RtspMessage): void {
    const sequence = message.headers.get('cseq') ?? '';
    const request = this.#pending.get(sequence);
    if (request === undefined) return;
    this.#pending.delete(sequence);
    clearTimeout(request.timer);
    const [, status = '', ...reason] = message.startLine.split(' ');
    if (status === '200') request.resolve(message);
    else request.reject(new RtspStatusError(Number(status), reason.join(' ')));
  }

  #end(error: Error): void {
    clearInterval(this.#keepalive);
    this.#resolveClosed(error);
    for (const request of this.#pending.values()) {
      clearTimeout(request.timer);
      request.reject(error);
    }
    this.#pending.clear();
    // After end(), the goodbye is still sent before the connection goes.
    if (this.#socket?.writableEnded === true) this.#socket.destroySoon();
    else this.#socket?.destroy();
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
