import type { FastifyReply, FastifyRequest } from 'fastify';
import { mayView, type Identity } from '../auth/identity.ts';
import { AppError, notFound } from '../errors.ts';
import type { OpenMedia } from '../media-access/open-media.ts';
import type { WhepSessions } from '../media-access/whep-sessions.ts';
import type { MediaSource } from './deps.ts';
import type { RequestAuth } from './request-auth.ts';
import type { UrlSigner } from './signing.ts';
import type { UpstreamClient } from './upstream.ts';

export interface MediaFrontDeps {
  auth: RequestAuth;
  media: MediaSource;
  signer: UrlSigner;
  client: UpstreamClient;
  openMedia: OpenMedia;
  whepSessions: WhepSessions;
  /** How long a viewer's request waits for a camera that is being started. */
  startTimeoutMs: number;
}

type DeviceRequest = FastifyRequest<{ Params: { device: string } }>;

/** Who may view which camera. */
export interface Viewer {
  device: string;
  identity: Identity;
}

/** One that is being answered. */
export interface Viewing extends Viewer {
  /** Aborted when the client is gone before it was answered, or was cut off since its right has ended. */
  gone: AbortSignal;
}

/** What the media routes share: the caller's right to view, and the camera that the path names. */
export class MediaFront {
  readonly deps: MediaFrontDeps;

  constructor(deps: MediaFrontDeps) {
    this.deps = deps;
  }

  /** The camera of the request's path. Throws 401 without login, and 404 alike for a camera that is unknown or hidden. */
  async viewerOf(request: DeviceRequest): Promise<Viewer> {
    const identity = await this.deps.auth.require(request);
    const device = this.deps.media.resolve(request.params.device);
    if (device === undefined || !mayView(identity, device)) {
      throw notFound('camera', request.params.device, 'get_camera_list tells which cameras there are.');
    }
    return { device, identity };
  }

  /** The same for an answer that may take its time: it is cut off when the right ends. */
  async open(request: DeviceRequest, reply: FastifyReply): Promise<Viewing> {
    const viewer = await this.viewerOf(request);
    const gone = goneSignal(reply);
    endWithRight(this.deps.openMedia, { ...viewer, request, reply });
    return { ...viewer, gone };
  }
}

/** Cuts the answer off when the right to it ends; `identity` undefined: on `security.open_reads`. */
export function endWithRight(
  openMedia: OpenMedia,
  {
    request,
    reply,
    ...viewer
  }: { request: FastifyRequest; reply: FastifyReply; identity: Identity | undefined; device: string },
): void {
  const end = (): void => void reply.raw.destroy();
  const takeAway = openMedia.add({ ...viewer, transport: 'http', remoteAddress: request.ip, end });
  reply.raw.once('close', takeAway);
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
