import type { Logger } from 'pino';
import type { DeviceCandidate } from '../devices/device.ts';
import type { CameraRow, CameraStore } from '../store/cameras.ts';
import { notFound } from '../errors.ts';
import type { ArrivalsOptions } from './arrivals.ts';
import type { Camera } from './camera.ts';
import { hasAnswered } from './identity.ts';
import { doubtful, recognisedRow, statusOf, withoutDoubtsOf } from './recognition.ts';
import { placeKey, Scene, type Decision } from './scene.ts';

export interface RegistryDeps extends ArrivalsOptions {
  store: CameraStore;
  makeCamera: (row: CameraRow) => Camera;
  /** A camera that was never seen before; its MediaMTX path is made here. */
  onAdded: (camera: Camera) => void;
  now?: () => number;
  log: Logger;
}

type Kind = DeviceCandidate['kind'];

const kinds: readonly Kind[] = ['usb', 'test'];

/**
 * All cameras that were ever seen, by their number. What is found is paired with what is known (pairing.ts says how);
 * what can't be decided yet is held back for a second at most, and is in no list until then.
 */
export class CameraRegistry {
  readonly #deps: RegistryDeps;
  readonly #cameras = new Map<string, Camera>();
  readonly #scenes: Record<Kind, Scene>;
  /** What was said of devices that are no cameras yet, by place. */
  readonly #refused = new Map<string, string>();
  readonly #settledListeners = new Set<() => void>();
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(deps: RegistryDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#scenes = { usb: new Scene(deps), test: new Scene(deps) };
  }

  /** Brings the known cameras in; they are PROBING until the first look at the devices. */
  load(): void {
    for (const row of this.#deps.store.list()) this.#add(row);
  }

  list(): Camera[] {
    return [...this.#cameras.values()];
  }

  /** By `cameraN`, or by the node at which it is now. */
  find(device: string): Camera | undefined {
    if (!device.startsWith('/dev/')) return this.#cameras.get(device);
    return this.list().find((camera) => camera.isPresent && camera.row.node === device);
  }

  /** Like `find`; throws `not_found`. */
  get(device: string): Camera {
    const camera = this.find(device);
    if (!camera) throw notFound('camera', device, 'get_camera_list tells which cameras there are.');
    return camera;
  }

  /** Whether a device of this kind is held back until it is clear which camera it is. */
  isHolding(kind: Kind): boolean {
    return this.#scenes[kind].isHolding;
  }

  /** Called when what was held back was decided. */
  onSettled(listener: () => void): void {
    this.#settledListeners.add(listener);
  }

  /** The complete list of what is there of one kind: new ones are added, known ones appear, missing ones go. */
  reconcile(kind: Kind, candidates: DeviceCandidate[]): void {
    this.#scenes[kind].see(candidates);
    this.#decide(kind);
    this.#schedule();
  }

  /** Decides what is held back, now. */
  settle(): void {
    for (const kind of kinds) this.#decide(kind, { isSettled: true });
    this.#schedule();
    for (const listener of this.#settledListeners) listener();
  }

  /** Nothing is decided afterwards. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** Takes a camera out that the store knows no more; the caller stops it. */
  remove(camera: Camera): void {
    this.#cameras.delete(camera.device);
    this.#scenes[camera.row.kind].rebind(camera, undefined);
    this.#dropDoubts();
  }

  /** `other`, which the store knows no more, was `camera` all the time: its device is that one's from now on. */
  async join(camera: Camera, other: Camera, row: CameraRow): Promise<void> {
    this.#scenes[row.kind].rebind(other, camera);
    camera.configure(row);
    this.remove(other);
    // The device is free before it is opened again.
    await other.stop();
    this.#decide(row.kind);
  }

  #decide(kind: Kind, { isSettled }: { isSettled: boolean } = { isSettled: false }): void {
    if (this.#isStopped) return;
    const cameras = this.list().filter((camera) => camera.row.kind === kind);
    const { matches, newcomers, awaited } = this.#scenes[kind].decide(cameras, { isSettled });
    const present = new Set(matches.map(({ known }) => known.camera));
    for (const camera of cameras) {
      // One that was not seen yet, and may be what is held back, is not told as gone.
      const isAwaited = awaited.has(camera) && !camera.isPresent;
      if (!present.has(camera) && !isAwaited) camera.disappear(this.#now());
    }
    for (const match of matches) this.#recognise(match);
    for (const newcomer of newcomers) this.#consider(newcomer);
    this.#dropDoubts();
  }

  #recognise({ candidate, known, matchedBy, score, isNews }: Decision['matches'][number]): void {
    const { camera } = known;
    const { recognition } = camera.row;
    const row = recognisedRow(camera.row, candidate, {
      // Why one that stayed where it was is known was said when it came.
      recognition: isNews ? { ...recognition, matchedBy, score } : recognition,
      lastSeen: this.#now(),
    });
    this.#keep(row);
    if (!camera.isPresent)
      this.#deps.log.info({ device: camera.device, node: row.node, matchedBy }, 'a camera is back');
    camera.appear(candidate, row);
  }

  /** A device that is no known camera: a new one, if it can be used. */
  #consider({ candidate, mayBe }: Decision['newcomers'][number]): void {
    const place = placeKey(candidate);
    const { problem, node, identity } = candidate;
    if (problem?.status === 'ERROR') {
      if (this.#refused.get(place) !== problem.reason)
        this.#deps.log.warn({ node, reason: problem.reason }, 'a device can not be used');
      this.#refused.set(place, problem.reason);
    } else if (problem?.status !== 'PROBING' || hasAnswered(identity)) {
      this.#refused.delete(place);
      try {
        const camera = this.#meet(
          candidate,
          mayBe.map((one) => one.camera.device),
        );
        this.#scenes[candidate.kind].bind(candidate, camera);
      } catch (error) {
        // Without a number it is no camera; it gets one with the next list.
        this.#deps.log.error({ err: error, node }, 'a new camera could not be kept');
      }
    }
  }

  #meet(candidate: DeviceCandidate, candidates: string[]): Camera {
    const now = this.#now();
    const row = this.#deps.store.add({
      kind: candidate.kind,
      name: candidate.name,
      identity: candidate.identity,
      capabilities: candidate.capabilities,
      capabilityStatus: statusOf(candidate),
      node: candidate.node,
      createdAt: now,
      lastSeen: now,
      recognition: doubtful(candidates),
    });
    const camera = this.#add(row);
    const { device } = camera;
    this.#deps.log.info({ device, node: row.node, name: row.name }, 'a new camera');
    if (candidates.length > 0)
      this.#deps.log.warn(
        { device, candidates },
        'a new camera may be one that is known; merge_cameras joins them',
      );
    camera.appear(candidate, row);
    return camera;
  }

  /** Two that are there at once are two cameras; and a forgotten one is no question any more. */
  #dropDoubts(): void {
    for (const camera of this.list()) {
      const recognition = withoutDoubtsOf(camera.row.recognition, (device) => {
        const other = this.#cameras.get(device);
        return !other || (camera.isPresent && other.isPresent);
      });
      if (recognition === camera.row.recognition) continue;
      const row = { ...camera.row, recognition };
      this.#keep(row);
      camera.configure(row);
    }
  }

  /** A full disk keeps no camera from being used; what is found is found again. */
  #keep(row: CameraRow): void {
    try {
      this.#deps.store.update(row);
    } catch (error) {
      this.#deps.log.error(
        { err: error, device: `camera${row.number}` },
        'what was found of a camera is not kept',
      );
    }
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const dueAtMs = Math.min(...kinds.map((kind) => this.#scenes[kind].dueAtMs));
    if (dueAtMs === Infinity || this.#isStopped) return;
    this.#timer = setTimeout(() => this.#settleDue(), Math.max(0, Math.ceil(dueAtMs - performance.now())));
    this.#timer.unref();
  }

  #settleDue(): void {
    const held = kinds.filter((kind) => this.isHolding(kind));
    for (const kind of held) this.#decide(kind);
    this.#schedule();
    // A timer may fire a moment early, and then nothing is decided yet.
    if (held.every((kind) => this.isHolding(kind))) return;
    for (const listener of this.#settledListeners) listener();
  }

  #add(row: CameraRow): Camera {
    const camera = this.#deps.makeCamera(row);
    this.#cameras.set(camera.device, camera);
    this.#deps.onAdded(camera);
    return camera;
  }
}
