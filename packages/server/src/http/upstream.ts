import { Agent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { AppError, errnoOf, messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { MediaUpstream } from './deps.ts';
import { HttpError } from './error-reply.ts';

/** What the front asks of MediaMTX. Headers are written anew: a client's cookie or login never goes further. */
export interface UpstreamRequest {
  upstream: MediaUpstream;
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /** Below the upstream's `basePath`, query included: `/whep`. */
  path: string;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
}

/** MediaMTX holds a request for a camera that is being started, and LL-HLS ones until the next part. */
const answerTimeoutMs = 30_000;
const maxTextBytes = 1024 * 1024;

/** The front's connections to MediaMTX, kept alive between requests. */
export class UpstreamClient {
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 32, timeout: 25_000 });
  readonly #log: Logger;

  constructor(deps: { log: Logger }) {
    this.#log = deps.log;
  }

  /** The answer once its headers are there. Throws AppError `dependency_failed`, without any address in it. */
  async request(options: UpstreamRequest): Promise<IncomingMessage> {
    try {
      return await this.#send(options);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      this.#log.warn(
        { err: error, path: options.path.replace(/\?.*/, '') },
        'MediaMTX did not answer the media front',
      );
      throw unreachable(error);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #send(options: UpstreamRequest): Promise<IncomingMessage> {
    try {
      return await this.#sendOnce(options);
    } catch (error) {
      // A kept connection that MediaMTX was just closing says nothing about MediaMTX: once more on a new one.
      if (error instanceof StaleConnectionError && !options.signal?.aborted) return this.#sendOnce(options);
      throw error;
    }
  }

  #sendOnce(options: UpstreamRequest): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = this.#open(options);
      request.once('response', (response) => {
        request.setTimeout(0);
        resolve(response);
      });
      request.on('timeout', () => request.destroy(new Error(`no answer within ${answerTimeoutMs / 1000} s`)));
      request.on('error', (error) => {
        const isStale = request.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(errnoOf(error) ?? '');
        reject(isStale ? new StaleConnectionError(messageOf(error)) : error);
      });
      request.end(options.body);
    });
  }

  #open({ upstream, method, path, headers, body, signal }: UpstreamRequest): ClientRequest {
    const { socketPath, host, port, authorization, basePath } = upstream;
    return httpRequest({
      agent: this.#agent,
      method,
      path: `${basePath}${path}`,
      timeout: answerTimeoutMs,
      headers: {
        ...headers,
        ...(authorization && { authorization }),
        ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
      },
      ...(signal && { signal }),
      ...(socketPath === undefined ? { host: host ?? '127.0.0.1', port: port ?? 80 } : { socketPath }),
    });
  }
}

/** The whole body of a short answer. */
export async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxTextBytes) throw badGateway('its answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** MediaMTX answered, but not with what was asked for. */
export function badGateway(details: string): AppError {
  return new HttpError(502, 'dependency_failed', {
    reason: 'mediamtx_failed',
    dependency: 'mediamtx',
    details: `MediaMTX could not serve the request: ${details}`,
    suggestion: 'try again; the log of the service has the cause',
  });
}

function unreachable(cause: unknown): AppError {
  return new AppError(
    'dependency_failed',
    {
      reason: 'mediamtx_unreachable',
      dependency: 'mediamtx',
      details: 'MediaMTX does not answer',
      suggestion: 'it is started again by itself; try again in a moment',
      retry_after_ms: 1000,
    },
    { cause },
  );
}

class StaleConnectionError extends Error {}
