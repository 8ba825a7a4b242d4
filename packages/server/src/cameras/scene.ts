import type { DeviceCandidate } from '../devices/device.ts';
import { Arrivals, type ArrivalsOptions } from './arrivals.ts';
import type { Camera } from './camera.ts';
import { pairDevices, type Doubt, type Match, type Placed } from './pairing.ts';

/** A known camera, as it is paired with devices. */
export type Known = Placed & { camera: Camera };

export interface Decision {
  /** `isNews`: it was not there, or not known to be this camera. */
  matches: (Match<DeviceCandidate, Known> & { isNews: boolean })[];
  newcomers: Doubt<DeviceCandidate, Known>[];
  /** Cameras that a device which is held back may be. */
  awaited: ReadonlySet<Camera>;
}

/** The devices of one kind that are there: since when, which cameras they are, and which are held back. */
export class Scene {
  readonly #arrivals: Arrivals;
  #found: DeviceCandidate[] = [];
  #bound = new Map<string, Camera>();
  #held: DeviceCandidate[] = [];

  constructor(options: ArrivalsOptions) {
    this.#arrivals = new Arrivals(options);
  }

  get isHolding(): boolean {
    return this.#held.length > 0;
  }

  /** When the next device that is held back is to be decided, by the monotonic clock; Infinity: there is none. */
  get dueAtMs(): number {
    return Math.min(...this.#held.map((candidate) => this.#arrivals.dueAtMs(placeKey(candidate))));
  }

  /** Takes the whole list of what is there. */
  see(found: DeviceCandidate[]): void {
    this.#found = found;
    this.#arrivals.note(found.map(placeKey), performance.now());
  }

  decide(cameras: Camera[], { isSettled }: { isSettled: boolean }): Decision {
    const nowMs = performance.now();
    const known: Known[] = cameras.map((camera) => ({ ...camera.row, camera }));
    const { matches, newcomers, held } = pairDevices({
      found: this.#found,
      known,
      bound: this.#boundPairs(known),
      isDue: (candidate) => isSettled || this.#arrivals.dueAtMs(placeKey(candidate)) <= nowMs,
    });
    const before = this.#bound;
    this.#bound = new Map(matches.map((match) => [placeKey(match.candidate), match.known.camera]));
    this.#held = held.map(({ candidate }) => candidate);
    return {
      matches: matches.map((match) => ({
        ...match,
        isNews: before.get(placeKey(match.candidate)) !== match.known.camera,
      })),
      newcomers,
      awaited: new Set(held.flatMap(({ mayBe }) => mayBe.map(({ camera }) => camera))),
    };
  }

  /** A device that was decided to be a new camera. */
  bind(candidate: DeviceCandidate, camera: Camera): void {
    this.#bound.set(placeKey(candidate), camera);
  }

  /** The device that is there of a camera is another one's from now on, or nobody's. */
  rebind(camera: Camera, other: Camera | undefined): void {
    for (const [place, present] of this.#bound) {
      if (present !== camera) continue;
      if (other) this.#bound.set(place, other);
      else this.#bound.delete(place);
    }
  }

  #boundPairs(known: Known[]): Map<DeviceCandidate, Known> {
    const pairs = this.#found.flatMap((candidate): [DeviceCandidate, Known][] => {
      const camera = this.#bound.get(placeKey(candidate));
      const one = known.find((other) => other.camera === camera);
      return one ? [[candidate, one]] : [];
    });
    return new Map(pairs);
  }
}

/** A node holds one device at a time; a device without a node is told by its bus. */
export function placeKey({ node, identity }: DeviceCandidate): string {
  return [node ?? identity.busInfo, identity.sysPath].join(' ');
}
