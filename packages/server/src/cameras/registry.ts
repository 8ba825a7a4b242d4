import type { Logger } from 'pino';
import type { DeviceCandidate, VideoMode } from '../devices/device.ts';
import type { CameraRow, CameraStore } from '../store/cameras.ts';
import { notFound } from '../errors.ts';
import type { Camera } from './camera.ts';
import { matchIdentities } from './identity.ts';

export interface RegistryDeps {
  store: CameraStore;
  makeCamera: (row: CameraRow, mode: VideoMode) => Camera;
  chooseMode: (candidate: Pick<DeviceCandidate, 'kind' | 'capabilities'>) => VideoMode;
  /** A camera that was never seen before; its MediaMTX path is made here. */
  onAdded: (camera: Camera) => void;
  now?: () => number;
  log: Logger;
}

/** All cameras that were ever seen, by their number. What was found is matched with what is known. */
export class CameraRegistry {
  readonly #deps: RegistryDeps;
  readonly #cameras = new Map<string, Camera>();
  readonly #now: () => number;

  constructor(deps: RegistryDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
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

  /** The complete list of what is there of one kind: new ones are added, known ones appear, missing ones go. */
  reconcile(kind: DeviceCandidate['kind'], candidates: DeviceCandidate[]): void {
    const known = this.list().filter((camera) => camera.row.kind === kind);
    const matches = matchIdentities(
      candidates,
      known.map((camera) => ({ camera, ...camera.row })),
    );
    const matched = new Map(matches.map((match) => [match.candidate, match]));
    for (const camera of known) {
      if (!matches.some((match) => match.known.camera === camera)) camera.disappear(this.#now());
    }
    for (const candidate of candidates) {
      const match = matched.get(candidate);
      if (match) this.#recognise(match.known.camera, candidate, match.matchedBy);
      else if (candidate.problem?.status !== 'ERROR') this.#meet(candidate);
      else
        this.#deps.log.warn(
          { node: candidate.node, reason: candidate.problem.reason },
          'a device can not be used',
        );
    }
  }

  #recognise(camera: Camera, candidate: DeviceCandidate, matchedBy: string[]): void {
    const before = camera.row;
    // A device with a problem tells little; what was known of it stays.
    const isTold = candidate.capabilities.modes.length > 0;
    const capabilities = isTold ? candidate.capabilities : before.capabilities;
    const agrees = isTold && JSON.stringify(capabilities) === JSON.stringify(before.capabilities);
    const row: CameraRow = {
      ...before,
      name: candidate.name || before.name,
      identity: candidate.problem ? before.identity : candidate.identity,
      capabilities,
      capabilityStatus: agrees ? 'CONFIRMED' : isTold ? 'PROVISIONAL' : before.capabilityStatus,
      node: candidate.node,
      lastSeen: this.#now(),
    };
    this.#deps.store.update(row);
    if (!camera.isPresent)
      this.#deps.log.info({ device: camera.device, node: row.node, matchedBy }, 'a camera is back');
    camera.appear(candidate, row, this.#deps.chooseMode(row));
  }

  #meet(candidate: DeviceCandidate): void {
    const now = this.#now();
    const row = this.#deps.store.add({
      kind: candidate.kind,
      name: candidate.name,
      identity: candidate.identity,
      capabilities: candidate.capabilities,
      capabilityStatus: firstStatus(candidate),
      node: candidate.node,
      createdAt: now,
      lastSeen: now,
    });
    const camera = this.#add(row);
    this.#deps.log.info({ device: camera.device, node: row.node, name: row.name }, 'a new camera');
    camera.appear(candidate, row, camera.mode);
  }

  #add(row: CameraRow): Camera {
    const camera = this.#deps.makeCamera(row, this.#deps.chooseMode(row));
    this.#cameras.set(camera.device, camera);
    this.#deps.onAdded(camera);
    return camera;
  }
}

/** A second probe must agree before a device's word is taken; a test camera's modes are our own. */
function firstStatus({ kind, capabilities }: DeviceCandidate): CameraRow['capabilityStatus'] {
  if (capabilities.modes.length === 0) return 'NONE';
  return kind === 'test' ? 'CONFIRMED' : 'PROVISIONAL';
}
