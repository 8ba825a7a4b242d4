import { createHash, randomBytes } from 'node:crypto';
import type { InternalUser } from './api.ts';
import type { Credentials } from './endpoint.ts';

const loopback = ['127.0.0.1/32', '::1/128'];

/** Somebody whom the service knows and who may read by RTSP with the same secret. */
export interface RtspReader {
  username: string;
  /** SHA-256 of the password, in base64. */
  passwordHash: string;
  /** Absent: all. */
  paths?: string[];
}

/**
 * The users of our own MediaMTX: the service itself, one publisher a camera (its password stands on ffmpeg's command
 * line, so it may do nothing but publish that one path, from this machine), viewers with short-lived passwords, and the
 * API keys. MediaMTX is told hashes only.
 */
export class MediaMtxUsers {
  readonly service: Credentials = { username: 'service', password: randomPassword() };
  /** A name may stand here twice, with two passwords. */
  readers: readonly RtspReader[] = [];
  readonly #publishers = new Map<string, Credentials>();
  readonly #viewers = new Map<string, { credentials: Credentials; path: string; expiresAt: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  publisherOf(path: string): Credentials {
    const present = this.#publishers.get(path);
    if (present) return present;
    const credentials = { username: `publish-${path}`, password: randomPassword() };
    this.#publishers.set(path, credentials);
    return credentials;
  }

  forgetPublisher(path: string): void {
    this.#publishers.delete(path);
  }

  /** A viewer of one path. MediaMTX looks at a password only when a session begins, so a player that plays goes on. */
  addViewer(path: string, expiresAt: number): Credentials {
    const credentials = { username: `viewer-${randomBytes(6).toString('hex')}`, password: randomPassword() };
    this.#viewers.set(credentials.username, { credentials, path, expiresAt });
    return credentials;
  }

  dropViewer(username: string): void {
    this.#viewers.delete(username);
  }

  /** Drops viewers whose time is over. */
  dropExpired(): void {
    const expired = [...this.#viewers].filter(([, viewer]) => viewer.expiresAt <= this.#now());
    for (const [name] of expired) this.#viewers.delete(name);
  }

  list(): InternalUser[] {
    const { service } = this;
    return [
      {
        user: service.username,
        pass: hash(service.password),
        ips: [],
        permissions: [{ action: 'api' }, { action: 'read' }, { action: 'playback' }],
      },
      ...[...this.#publishers].map(([path, { username, password }]) => ({
        user: username,
        pass: hash(password),
        ips: loopback,
        permissions: [{ action: 'publish' as const, path }],
      })),
      ...[...this.#viewers.values()].map(({ credentials, path }) => ({
        user: credentials.username,
        pass: hash(credentials.password),
        ips: [],
        permissions: [{ action: 'read' as const, path }],
      })),
      ...this.readers.map(({ username, passwordHash, paths }) => ({
        user: username,
        pass: `sha256:${passwordHash}`,
        ips: [],
        permissions: paths?.map((path) => ({ action: 'read' as const, path })) ?? [
          { action: 'read' as const },
        ],
      })),
    ];
  }
}

function randomPassword(): string {
  // Hexadecimal: it stands in URLs as it is.
  return randomBytes(20).toString('hex');
}

function hash(password: string): string {
  return `sha256:${createHash('sha256').update(password).digest('base64')}`;
}
