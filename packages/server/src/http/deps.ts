import type { Camera } from '@mediamtx-camera-service/protocol';
import type { Identity } from '../auth/identity.ts';
import type { ClientNames } from '../rpc/session.ts';

/** Where MediaMTX serves one camera, now: a unix socket or a host and port, and the login of the service. */
export interface MediaUpstream {
  socketPath?: string;
  host?: string;
  port?: number;
  /** The `Authorization` header's value. It never leaves the service. */
  authorization?: string;
  /** `/camera0` */
  basePath: string;
}

export interface Still {
  data: Buffer;
  capturedAtMs: number;
  ageMs: number;
}

/** What the media front needs of the cameras. */
export interface MediaSource {
  /** `camera0` for `camera0` or `/dev/video0`; undefined when there is no such camera. */
  resolve(device: string): string | undefined;
  /** A viewer asked: capture starts now and is held a while. */
  demand(device: string, reason: 'whep' | 'hls'): void;
  /** Throws AppError when MediaMTX is away or the camera can't become live. */
  whep(device: string): MediaUpstream | Promise<MediaUpstream>;
  hls(device: string): MediaUpstream | Promise<MediaUpstream>;
  /** The ids of the WHEP sessions that MediaMTX has. Throws AppError when it is away. */
  whepSessions(): Promise<string[]>;
  /** Throws AppError when there is no picture at all. */
  still(device: string, options: { maxAgeMs?: number; width?: number; signal: AbortSignal }): Promise<Still>;
}

export interface CameraViews {
  /** The cameras that the caller may see, with addresses by which it reaches them. */
  list(identity: Identity | undefined, client: ClientNames): Camera[];
}

export interface CatalogFile {
  /** Absolute. */
  path: string;
  device: string;
  contentType: string;
}

export interface FileCatalog {
  find(
    kind: 'recordings' | 'snapshots',
    name: string,
  ): CatalogFile | undefined | Promise<CatalogFile | undefined>;
}
