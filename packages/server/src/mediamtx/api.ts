import { Agent, request } from 'node:http';
import type { Endpoint } from './endpoint.ts';
import { isStatus, refused, unreachable } from './errors.ts';
import { normalisePath, type PathState, type RawPath } from './path-state.ts';

export interface ServerInfo {
  version: string;
  /** Start of the process; a reload of its file doesn't change it. */
  started: string;
}

export interface RtspSession {
  id: string;
  remoteAddr: string;
  path: string;
  state: 'idle' | 'read' | 'publish';
  /** ISO 8601. */
  created: string;
  /** As whom it logged in; absent before 1.17. */
  user?: string;
}

/** A path's configuration in MediaMTX's own words; only fields that every supported version knows. */
export type PathConfig = Record<string, string | number | boolean>;

export interface InternalUser {
  user: string;
  pass: string;
  ips: string[];
  permissions: { action: 'api' | 'publish' | 'read' | 'playback'; path?: string }[];
}

export interface MediaMtxApiOptions {
  endpoint: Endpoint;
  timeoutMs: number;
}

// One page holds everything: pages of a list that changes between two calls would not agree.
const everything = 'itemsPerPage=100000';

/**
 * The API v3 of MediaMTX 1.15.2 to 1.20.x. Writes go one at a time: two at once can block the server for ever.
 * Every failure is `dependency_failed` with dependency `mediamtx`; a refusal of the server keeps its own words.
 */
export class MediaMtxApi {
  readonly #options: MediaMtxApiOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(options: MediaMtxApiOptions) {
    this.#options = options;
  }

  /** `timeoutMs` in place of the usual one: a refusal of credentials takes up to 4 s. */
  async info(options: { timeoutMs?: number } = {}): Promise<ServerInfo> {
    return (await this.#call('GET', '/v3/info', options)) as ServerInfo;
  }

  async listPaths(): Promise<PathState[]> {
    const { items } = (await this.#call('GET', `/v3/paths/list?${everything}`)) as { items: RawPath[] };
    return items.map(normalisePath);
  }

  /** The state of one path; undefined where it isn't configured. */
  async getPath(name: string): Promise<PathState | undefined> {
    const raw = await this.#callIfFound('GET', `/v3/paths/get/${name}`);
    return raw === undefined ? undefined : normalisePath(raw as RawPath);
  }

  async listPathConfigs(): Promise<(PathConfig & { name: string })[]> {
    const { items } = (await this.#call('GET', `/v3/config/paths/list?${everything}`)) as {
      items: (PathConfig & { name: string })[];
    };
    return items;
  }

  async getPathConfig(name: string): Promise<PathConfig | undefined> {
    return (await this.#callIfFound('GET', `/v3/config/paths/get/${name}`)) as PathConfig | undefined;
  }

  /** Makes or replaces a path. Fields other than `record*` drop its publisher and readers when they change. */
  replacePath(name: string, config: PathConfig): Promise<void> {
    return this.#write('POST', `/v3/config/paths/replace/${name}`, config);
  }

  /** Changes fields of a path; `record*` fields without a drop. */
  patchPath(name: string, config: PathConfig): Promise<void> {
    return this.#write('PATCH', `/v3/config/paths/patch/${name}`, config);
  }

  /** Removes a path; one that is not there is no error. */
  async deletePath(name: string): Promise<void> {
    try {
      await this.#write('DELETE', `/v3/config/paths/delete/${name}`);
    } catch (error) {
      if (!isStatus(error, 404)) throw error;
    }
  }

  /** The only global field that may be changed at run time: it drops nobody. */
  setUsers(users: InternalUser[]): Promise<void> {
    return this.#write('PATCH', '/v3/config/global/patch', { authInternalUsers: users });
  }

  async listRtspSessions(): Promise<RtspSession[]> {
    const { items } = (await this.#call('GET', `/v3/rtspsessions/list?${everything}`)) as {
      items: RtspSession[];
    };
    return items;
  }

  async listWebRtcSessions(): Promise<{ id: string }[]> {
    const { items } = (await this.#call('GET', `/v3/webrtcsessions/list?${everything}`)) as {
      items: { id: string }[];
    };
    return items;
  }

  /** Ends a session; one that is gone is no error. */
  async kickRtspSession(id: string): Promise<void> {
    await this.#callIfFound('POST', `/v3/rtspsessions/kick/${id}`);
  }

  close(): void {
    this.#agent.destroy();
  }

  #write(method: string, path: string, body?: unknown): Promise<void> {
    const { timeoutMs } = this.#options;
    // The wait for its turn counts: behind a write that hangs, all are answered in time too.
    const deadline = performance.now() + timeoutMs;
    const result = this.#lastWrite
      .then(() => this.#call(method, path, { body, timeoutMs: deadline - performance.now() }))
      .then(() => undefined);
    // The next write waits for this one's end, good or bad; the caller alone hears of a failure.
    this.#lastWrite = result.catch(() => undefined);
    return result;
  }

  async #callIfFound(method: string, path: string): Promise<unknown> {
    try {
      return await this.#call(method, path);
    } catch (error) {
      if (isStatus(error, 404)) return undefined;
      throw error;
    }
  }

  #call(
    method: string,
    path: string,
    options: { body?: unknown; timeoutMs?: number } = {},
  ): Promise<unknown> {
    const { body, timeoutMs = this.#options.timeoutMs } = options;
    const { authorization, ...where } = this.#options.endpoint;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers: Record<string, string> = {
      ...(authorization && { authorization }),
      ...(text !== undefined && {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(text)),
      }),
    };
    return new Promise((resolve, reject) => {
      const call = request({ ...where, path, method, headers, agent: this.#agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', (error) => reject(unreachable(error)));
        response.on('end', () => {
          clearTimeout(timer);
          const answer = Buffer.concat(chunks).toString();
          const status = response.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve(parseLeniently(answer));
          else reject(refused(status, answer));
        });
      });
      // Of the whole call: a server that hangs in the middle of an answer counts as hung.
      const timer = setTimeout(
        () => call.destroy(new Error(`no answer within ${this.#options.timeoutMs} ms`)),
        Math.max(0, timeoutMs),
      );
      call.on('error', (error) => {
        clearTimeout(timer);
        reject(unreachable(error));
      });
      call.end(text);
    });
  }
}

/** Before 1.15.5 a success had no body, and errors had no `status`. */
function parseLeniently(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw unreachable(
      new Error(`MediaMTX answered with something else than JSON: ${text.slice(0, 80)}`, { cause: error }),
    );
  }
}
