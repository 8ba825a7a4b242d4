import type { FastifyReply, FastifyRequest } from 'fastify';
import { mayView } from '../auth/identity.ts';
import { AppError, notFound } from '../errors.ts';
import type { MediaSource } from './deps.ts';
import type { RequestAuth } from './request-auth.ts';
import type { UrlSigner } from './signing.ts';
import type { UpstreamClient } from './upstream.ts';

export interface MediaFrontDeps {
  auth: RequestAuth;
  media: MediaSource;
  signer: UrlSigner;
  client: UpstreamClient;
  /** How long a viewer's request waits for a camera that is being started. */
  startTimeoutMs: number;
}

/** What the media routes share: the caller's right to view, and the camera that the path names. */
export class MediaFront {
  readonly deps: MediaFrontDeps;

  constructor(deps: MediaFrontDeps) {
    this.deps = deps;
  }

  /** The camera of the request's path. Throws 401 without login, and 404 alike for a camera that is unknown or hidden. */
  async deviceOf(request: FastifyRequest<{ Params: { device: string } }>): Promise<string> {
    const identity = await this.deps.auth.require(request);
    const device = this.deps.media.resolve(request.params.device);
    if (device === undefined || !mayView(identity, device)) {
      throw notFound('camera', request.params.device);
    }
    return device;
  }
}

/** Aborted when the client is gone before it was answered. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableEnded) gone.abort();
  });
  return gone.signal;
}

export function notLive(device: string): AppError {
  return new AppError('dependency_failed', {
    reason: 'camera_not_live',
    dependency: 'camera',
    details: `${device} has no picture yet`,
    suggestion: 'try again in a moment; get_camera_status says what is wrong with it',
    retry_after_ms: 1000,
  });
}
