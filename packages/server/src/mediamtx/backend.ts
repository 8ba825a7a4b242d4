import type { Config } from '../config/schema.ts';
import type { Logger } from '../log.ts';
import type { MediaMtxController } from './controller.ts';
import type { Credentials, Endpoint } from './endpoint.ts';
import type { MediaMtxUsers } from './users.ts';

export type MediaServerMode = 'managed' | 'external';

/** What a MediaMTX that is used must offer, whether it is our own or runs already. */
export interface MediaBackend {
  readonly mode: MediaServerMode;
  readonly controller: MediaMtxController;
  /** Where players and the service itself reach RTSP. */
  readonly rtsp: { host: string; port: number };
  /** Of a process of ours. */
  readonly pid: number | null;
  /** Whether it runs on this machine: then it can run our hooks and write into our directories. */
  readonly isLocal: boolean;
  /** Why it does not run, where it is ours to run. */
  readonly failure: string | undefined;
  /** What its own configuration keeps us from, each in words. */
  readonly limitations: string[];
  /** What is for itself to decide, each in words; no fault of anybody. */
  readonly ownRules: string[];
  /** As whom the service reads; undefined where no login is needed. */
  readonly reader: Credentials | undefined;
  /** Who may log in; undefined where that is not ours to say. */
  readonly users: MediaMtxUsers | undefined;
  /** As whom a camera's capture publishes. */
  publisherOf(name: string): Credentials | undefined;
  /** Lets a camera's capture publish, before its path is made. */
  admitPublisher(name: string): Promise<void>;
  endpoint(kind: 'webrtc' | 'hls'): Endpoint;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface BackendOptions {
  config: Config;
  hookSocket: string;
  /** Local TCP ports of our own readers. */
  ownPorts: () => Promise<number[]>;
  log: Logger;
}
