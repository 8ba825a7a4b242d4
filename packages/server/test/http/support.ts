import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Camera } from '@mediamtx-camera-service/protocol';
import { pino } from 'pino';
import type { Identity } from '../../src/auth/identity.ts';
import { AuditLog } from '../../src/audit/audit-log.ts';
import { Tokens } from '../../src/auth/tokens.ts';
import { mayView } from '../../src/auth/identity.ts';
import { startingReport } from '../../src/health/report.ts';
import { buildAccess, type AccessParts } from '../../src/lifecycle/build-credentials.ts';
import { openDatabase } from '../../src/store/database.ts';
import { UserStore } from '../../src/store/users.ts';
import type { HttpDeps } from '../../src/http/app.ts';
import type { CatalogFile, MediaSource } from '../../src/http/deps.ts';
import { UrlSigner } from '../../src/http/signing.ts';
import { DownloadLinks } from '../../src/media-access/download-links.ts';
import { OpenMedia } from '../../src/media-access/open-media.ts';
import type { ConnectionInfo, PostInfo } from '../../src/rpc/rpc-server.ts';
import type { RpcSocket } from '../../src/rpc/outbox.ts';

export const secret = new Uint8Array(32).fill(7);
export const log = pino({ level: 'silent' });

/** A clock that a test sets. */
export class Clock {
  nowMs = Date.parse('2026-01-01T00:00:00.000Z');
  readonly now = (): number => this.nowMs;
}

/** A peer of the HTTP side that keeps what it was handed: RPC has tests of its own. */
export class RecordingRpc {
  verdict: true | string = true;
  readonly connections: { info: ConnectionInfo; socket: RpcSocket }[] = [];
  readonly messages: { text: string; isBinary: boolean }[] = [];
  readonly posts: { body: string; info: PostInfo }[] = [];
  closed = 0;
  /** Told on each message and close. */
  onChange: () => void = () => undefined;

  mayAccept(): true | string {
    return this.verdict;
  }

  accept(socket: RpcSocket, info: ConnectionInfo) {
    this.connections.push({ socket, info });
    this.onChange();
    return {
      onMessage: (data: string | Buffer | ArrayBuffer | Buffer[], isBinary: boolean) => {
        const text = Buffer.isBuffer(data) ? data.toString() : '';
        this.messages.push({ text, isBinary });
        this.onChange();
        if (!isBinary) socket.send(`got ${text}`);
      },
      onClose: () => {
        this.closed += 1;
        this.onChange();
      },
    };
  }

  async handlePost(body: string, info: PostInfo): Promise<string | undefined> {
    this.posts.push({ body, info });
    return body === 'notification' ? undefined : `{"jsonrpc":"2.0","id":1,"result":"pong"}`;
  }
}

export function cameraObject(device: string, name = 'A camera'): Camera {
  const streams = {
    rtsp: `rtsp://127.0.0.1:8554/${device}`,
    webrtc: `http://127.0.0.1:8002/media/${device}/whep`,
    hls: `http://127.0.0.1:8002/media/${device}/hls/index.m3u8`,
  };
  return {
    ...{ device, name, device_path: null, kind: 'test', status: 'CONNECTED', status_reason: null },
    ...{ reason_code: null, remedy: null, state: 'ready', enabled: true, mode: 'on_demand' },
    ...{ identity: { matched_by: [], score: null, notice: null, candidates: [] }, released_until: null },
    ...{ resolution: '640x360', fps: 15, streams, stream_url: streams.rtsp, recording: false },
    ...{ session_id: null, current_file: null, elapsed_time: null, last_seen: '2026-01-01T00:00:00.000Z' },
  };
}

export interface Parts extends HttpDeps, AccessParts {
  audit: AuditLog;
  rpc: RecordingRpc;
  tokens: Tokens;
  files: Map<string, CatalogFile>;
  cameraObjects: Camera[];
}

/** Everything that the HTTP side is built from, with the real logins and signatures. */
export function createParts(overrides: Partial<HttpDeps> & { clock?: Clock } = {}): Parts {
  const { clock, ...rest } = overrides;
  const now = clock?.now ?? Date.now;
  const tokens = new Tokens({ secret, expirySeconds: 3600, now });
  const db = openDatabase(':memory:');
  const access = buildAccess({ db, tokens, now });
  const resolve = (device: string) => absentMedia.resolve(device);
  const userNamed = (name: string) => new UserStore(db).find(name)?.name;
  const audit = new AuditLog({
    db,
    config: { audit: 'control', audit_days: 90 },
    resolve,
    userNamed,
    log,
    now,
  });
  const signer = new UrlSigner({ secret, now });
  const files = new Map<string, CatalogFile>();
  const cameraObjects = [cameraObject('camera0'), cameraObject('camera1')];
  return {
    config: { host: '127.0.0.1', port: 0, allowed_hosts: [], allowed_origins: [] },
    rpc: new RecordingRpc(),
    tokens,
    ...access,
    signer,
    links: new DownloadLinks({ signer, credentials: access.credentials, now }),
    openMedia: new OpenMedia({ credentials: access.credentials, now }),
    media: absentMedia,
    cameras: {
      list: (identity) => cameraObjects.filter(({ device }) => !identity || mayView(identity, device)),
    },
    catalog: { find: (kind, name) => files.get(`${kind}/${name}`) },
    events: { seq: 42 },
    health: { report: () => startingReport({ uptimeSeconds: 1, version: '0.0.0' }) },
    audit,
    metricsText: async ({ user }) => `# for ${user}\n`,
    log,
    version: '0.0.0',
    pageDir: '/nonexistent/page',
    now,
    files,
    cameraObjects,
    ...rest,
  } as Parts;
}

const absentMedia: MediaSource = {
  resolve: (device) => ({ camera0: 'camera0', camera1: 'camera1', '/dev/video0': 'camera0' })[device],
  demand: () => undefined,
  whep: () => Promise.reject(new Error('not in this test')),
  hls: () => Promise.reject(new Error('not in this test')),
  whepSessions: async () => [],
  still: async () => ({
    data: Buffer.from([0xff, 0xd8, 0xff, 0xd9]),
    capturedAtMs: 1_767_225_600_000,
    ageMs: 12.4,
  }),
};

export const viewer: Identity = {
  user: 'vera',
  role: 'viewer',
  method: 'jwt',
  expiresAt: null,
  basis: { kind: 'login', loginId: 'login-1' },
};

export async function bearer(parts: Parts, user = 'olga'): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${await parts.tokens.create({ user, role: 'operator' })}` };
}

/** The value of a Set-Cookie header as a Cookie header sends it back. */
export function cookieOf(headers: Record<string, unknown>): string {
  return String(headers['set-cookie']).split(';')[0]!;
}

export async function tempDir(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'camera-service-http-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
