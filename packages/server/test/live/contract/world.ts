import { createHmac, randomUUID } from 'node:crypto';
import type { Role } from '@mediamtx-camera-service/protocol';
import { Service, TempDir, until } from '@mediamtx-camera-service/testkit';
import { openCaller, SocketCaller, type Caller, type Credential, type Transport } from './callers.ts';

export const testSecret = 'a-secret-of-this-test-that-is-long-enough';
const spareCount = 10;

export const smallCameras = {
  CAMERA_SERVICE_CAMERA_TEST_RESOLUTION: '320x180',
  CAMERA_SERVICE_CAMERA_TEST_FPS: '10',
};

/** A user of the service's own, who logged in with a password. */
export interface StoredUser {
  user: string;
  password: string;
  token: string;
}

/** A running service with two cameras, some that it knows from an earlier run, and an admin who prepares things. */
export class World implements AsyncDisposable {
  readonly service: Service;
  readonly admin: SocketCaller;
  readonly #dir: TempDir;
  readonly #spares = Array.from({ length: spareCount }, (_, at) => `camera${at + 2}`);
  #count = 0;
  #kept: string | undefined;

  private constructor(service: Service, admin: SocketCaller, dir: TempDir) {
    this.service = service;
    this.admin = admin;
    this.#dir = dir;
  }

  static async create(env: Record<string, string> = {}): Promise<World> {
    const dir = await TempDir.create();
    const options = {
      env: { ...smallCameras, CAMERA_SERVICE_JWT_SECRET: testSecret, ...env },
      dataDir: dir.path,
    };
    {
      await using first = await Service.start({ ...options, testCameras: spareCount + 2 });
      await first.stop();
    }
    const service = await Service.start({ ...options, testCameras: 2 });
    const admin = await SocketCaller.open(service, bearer(makeToken('admin')));
    const world = new World(service, admin, dir);
    await world.result('set_camera', { device: 'camera0', mode: 'always' });
    await world.untilLive('camera0');
    return world;
  }

  /** A name that nothing else has. */
  unique(what: string): string {
    return `${what}-${++this.#count}`;
  }

  /** A camera that is known, is not there, and may be taken away. */
  spare(): string {
    const device = this.#spares.pop();
    if (device === undefined) throw new Error('no spare camera is left');
    return device;
  }

  /** As admin; throws where it fails. */
  async result<T = Record<string, unknown>>(method: string, params?: unknown): Promise<T> {
    const { result, error } = await this.admin.call(method, params);
    if (error) throw new Error(`preparing by ${method}: ${JSON.stringify(error)}`);
    return result as T;
  }

  async untilLive(device: string): Promise<void> {
    await until(async () => (await this.result('get_stream_status', { device }))['ready'], {
      what: `${device} live`,
    });
  }

  /** The name of the new recording, once there are frames in its file. */
  async startRecording(device: string): Promise<string> {
    const { filename } = await this.result('start_recording', { device });
    await until(() =>
      this.admin.notifications.some(
        ({ method, params }) =>
          method === 'recording_status_update' &&
          params['filename'] === filename &&
          params['status'] === 'STARTED',
      ),
    );
    // The file may be there a moment before its first whole frame.
    await this.untilRecorded(device);
    return filename as string;
  }

  async untilRecorded(device: string): Promise<void> {
    await until(
      async () => Number((await this.result('get_camera_status', { device }))['elapsed_time']) >= 1,
      {
        what: `a second of ${device}`,
      },
    );
  }

  /** The name of a closed recording that nobody deletes. */
  async keptRecording(): Promise<string> {
    this.#kept ??= await this.#record();
    return this.#kept;
  }

  async #record(): Promise<string> {
    const filename = await this.startRecording('camera0');
    await this.result('stop_recording', { device: 'camera0' });
    return filename;
  }

  async createUser(role: Role): Promise<StoredUser> {
    const user = this.unique('user');
    const password = `password of ${user}`;
    await this.result('create_user', { user, password, role });
    const caller = await openCaller(this.service, 'POST');
    const { result, error } = await caller.call('login', { user, password });
    if (error) throw new Error(`login of ${user}: ${JSON.stringify(error)}`);
    return { user, password, token: (result as { token: string }).token };
  }

  async open(transport: Transport, credential?: Credential): Promise<Caller> {
    return await openCaller(this.service, transport, credential);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.admin[Symbol.asyncDispose]();
    await this.service[Symbol.asyncDispose]();
    await this.#dir[Symbol.asyncDispose]();
  }
}

export function bearer(token: string): Credential {
  return { authorization: `Bearer ${token}` };
}

/** A token as another program makes it that knows the secret. */
export function makeToken(role: Role, claims: Record<string, unknown> = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const payload = { user_id: `the ${role}`, role, iat: now, exp: now + 3600, jti: randomUUID(), ...claims };
  const head = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}`;
  return `${head}.${createHmac('sha256', testSecret).update(head).digest('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
