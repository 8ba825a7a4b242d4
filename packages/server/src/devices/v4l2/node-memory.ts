// What is known of each node beyond the latest probe. A camera that stops answering keeps the identity and
// modes it had, so that it can be told which camera has failed. A node that was never heard is listed only if
// it may be a camera. A new node may be closed to us until udev has set its group: that is probing, not failure.
import type { DeviceCandidate } from '../device.ts';
import type { Probe } from './probe.ts';
import type { SysfsFacts } from './sysfs.ts';

/** How long a node may deny us before it is said. */
const PERMISSION_GRACE_MS = 2000;

const WAITING = { status: 'PROBING', reason: 'waiting for permission to open the device' } as const;
const LATE = { status: 'PROBING', reason: 'the device takes long to answer' } as const;

interface Known {
  sysPath: string | null;
  /** Null: answered, and is no camera. */
  camera: DeviceCandidate | null;
}

export class NodeMemory {
  readonly #known = new Map<string, Known>();
  readonly #deniedSince = new Map<string, number>();

  #isWaiting = false;

  /** True while a denied node is within its grace: look again soon. */
  get isWaitingForPermission(): boolean {
    return this.#isWaiting;
  }

  /** Turns the probes of all present nodes into the list; `nowMs` is a monotonic clock. */
  judge(probes: ReadonlyMap<string, Probe>, nowMs: number): DeviceCandidate[] {
    for (const map of [this.#known, this.#deniedSince]) {
      for (const node of map.keys()) if (!probes.has(node)) map.delete(node);
    }
    this.#isWaiting = false;
    return [...probes]
      .map(([node, probe]) => this.#judgeNode(node, probe, nowMs))
      .filter((candidate) => candidate !== null);
  }

  #judgeNode(node: string, probe: Probe, nowMs: number): DeviceCandidate | null {
    if (probe.outcome !== 'failed' || probe.code !== 'EACCES') this.#deniedSince.delete(node);
    if (probe.outcome === 'failed') return this.#judgeFailure(node, probe, nowMs);
    if (probe.outcome === 'late') {
      const camera = this.#known.get(node)?.camera;
      return camera ? { ...camera, problem: LATE } : null;
    }
    if (probe.outcome === 'gone') {
      this.#known.delete(node);
      return null;
    }
    const camera = probe.outcome === 'camera' ? probe.candidate : null;
    this.#known.set(node, { sysPath: probe.facts.sysPath, camera });
    return camera;
  }

  #judgeFailure(
    node: string,
    { candidate, code, facts }: Extract<Probe, { outcome: 'failed' }>,
    nowMs: number,
  ): DeviceCandidate | null {
    const known = this.#recall(node, facts);
    // A webcam's further nodes are metadata as a rule; one complaint a device is enough.
    if (known === undefined ? (facts.index ?? 0) > 0 : known.camera === null) return null;
    const problem = code === 'EACCES' && this.#isWithinGrace(node, nowMs) ? WAITING : candidate.problem;
    return { ...(known?.camera ?? candidate), problem };
  }

  #recall(node: string, facts: SysfsFacts): Known | undefined {
    const known = this.#known.get(node);
    return known?.sysPath === facts.sysPath ? known : undefined;
  }

  #isWithinGrace(node: string, nowMs: number): boolean {
    const since = this.#deniedSince.get(node) ?? nowMs;
    this.#deniedSince.set(node, since);
    const isWithin = nowMs - since < PERMISSION_GRACE_MS;
    this.#isWaiting ||= isWithin;
    return isWithin;
  }
}
