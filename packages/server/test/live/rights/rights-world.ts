import { World, bearer, makeToken } from '../contract/world.ts';
import type { Credential } from '../contract/callers.ts';
import { everybody, foreign, foreignName, own, type Somebody, type Target, type Who } from './matrix.ts';

/** A world with a file of each kind and a stream of each camera, and a way in for everybody. */
export class RightsWorld implements AsyncDisposable {
  readonly world: World;
  readonly #credentials = new Map<Who, Credential>();
  readonly #targets = new Map<string, string>();

  private constructor(world: World) {
    this.world = world;
  }

  static async create(env: Record<string, string> = {}): Promise<RightsWorld> {
    const world = await World.create(env);
    const rights = new RightsWorld(world);
    await world.result('set_camera', { device: foreign, mode: 'always', name: foreignName });
    await world.untilLive(foreign);
    await world.result('create_user', { user: 'somebody', password: 'long enough', role: 'viewer' });
    for (const somebody of everybody)
      rights.#credentials.set(somebody.who, await rights.newCredential(somebody));
    return rights;
  }

  credentialOf({ who }: Somebody): Credential {
    return this.#credentials.get(who)!;
  }

  /** Another login with the same rights. */
  async newCredential({ role, isLimited }: Somebody): Promise<Credential> {
    if (role === undefined) return {};
    if (!isLimited) return bearer(makeToken(role));
    const { key } = await this.world.result('create_api_key', {
      name: `limited ${role}`,
      role,
      cameras: [own],
    });
    return { 'x-api-key': key as string };
  }

  /** The name of something of this camera; the same each time unless it has to be a new one. */
  async targetOf(
    kind: Target,
    { isForeign, isNew }: { isForeign: boolean; isNew: boolean },
  ): Promise<string> {
    const device = isForeign ? foreign : own;
    if (kind === 'nothing') return '';
    if (kind === 'camera') return device;
    const key = `${kind} ${device}`;
    const present = this.#targets.get(key);
    if (present !== undefined && !isNew) return present;
    const made = await this.#make(kind, device);
    if (!isNew) this.#targets.set(key, made);
    return made;
  }

  async #make(kind: 'snapshot' | 'recording' | 'stream', device: string): Promise<string> {
    if (kind === 'snapshot')
      return (await this.world.result('take_snapshot', { device }))['filename'] as string;
    if (kind === 'recording') {
      // A cell before may have left one.
      await this.world.admin.call('stop_recording', { device });
      const filename = await this.world.startRecording(device);
      await this.world.result('stop_recording', { device });
      return filename;
    }
    const name = this.world.unique('foreign-stream');
    await this.world.result('create_stream', { name, source: 'rtsp://127.0.0.1:9/a' });
    return name;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.world[Symbol.asyncDispose]();
  }
}

/** Whether a text tells of the foreign camera, its files or a stream that is nobody's own. */
export function tellsOfForeign(text: string): boolean {
  return new RegExp(`${foreign}(?![0-9])|${foreignName}|foreign-stream`).test(text);
}
