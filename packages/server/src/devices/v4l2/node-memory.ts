// What is known of one node beyond its latest probe. A camera that stops answering keeps the identity and modes it
// had, so that it can be told which camera has failed. A node that was never heard is listed only if it may be a
// camera. A new node may be closed to us until udev has set its group: that is probing, not failure. One memory is
// for one device: another one at the same node, or the same plugged in again, gets its own.
import type { DeviceCandidate } from '../device.ts';
import type { Probe } from './probe.ts';

/** How long a node may deny us before it is said. */
const PERMISSION_GRACE_MS = 2000;

const WAITING = {
  status: 'PROBING',
  code: 'probing',
  reason: 'waiting for permission to open the device',
} as const;
const LATE = { status: 'PROBING', code: 'probing', reason: 'the device takes long to answer' } as const;

/** What is to be thought of a node. */
export type Standing =
  /** A camera whose latest two probes agree. */
  | 'confirmed'
  /** A camera that was probed once. */
  | 'provisional'
  /** A camera whose latest two probes differ. */
  | 'contradictory'
  /** No camera, for as long as this device is there. */
  | 'other'
  /** Denied, within its grace. */
  | 'denied'
  | 'failed'
  /** Has not answered yet. */
  | 'late'
  | 'gone';

export class NodeMemory {
  /** The last that it said as a camera; null: it answered, and is no camera. */
  #camera: DeviceCandidate | null | undefined;
  #heard: string | undefined;
  #deniedSinceMs: number | undefined;
  #listed: DeviceCandidate | null = null;
  #standing: Standing = 'late';

  /** As it is to be listed; null: not at all. */
  get candidate(): DeviceCandidate | null {
    return this.#listed;
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** `nowMs` is a monotonic clock. */
  take(probe: Probe, nowMs: number): void {
    if (probe.outcome !== 'failed' || probe.code !== 'EACCES') this.#deniedSinceMs = undefined;
    switch (probe.outcome) {
      case 'camera':
        return this.#hear(probe.candidate);
      case 'alive':
        if (this.#camera) this.#set(this.#camera.isConfirmed ? 'confirmed' : 'provisional', this.#camera);
        return;
      case 'failed':
        return this.#fail(probe, nowMs);
      case 'late':
        return this.#set('late', this.#listed && { ...this.#listed, problem: LATE });
      case 'other':
      case 'gone':
        this.#camera = probe.outcome === 'other' ? null : undefined;
        this.#heard = undefined;
        return this.#set(probe.outcome, null);
    }
  }

  #set(standing: Standing, listed: DeviceCandidate | null): void {
    this.#standing = standing;
    this.#listed = listed;
  }

  #hear(candidate: DeviceCandidate): void {
    const text = JSON.stringify(candidate);
    const isConfirmed = text === this.#heard;
    const isFirst = this.#heard === undefined;
    this.#heard = text;
    this.#camera = { ...candidate, isConfirmed };
    this.#set(isConfirmed ? 'confirmed' : isFirst ? 'provisional' : 'contradictory', this.#camera);
  }

  #fail({ candidate, code, facts }: Extract<Probe, { outcome: 'failed' }>, nowMs: number): void {
    if (this.#camera === null) return this.#set('other', null);
    this.#deniedSinceMs ??= code === 'EACCES' ? nowMs : undefined;
    const isInGrace = this.#deniedSinceMs !== undefined && nowMs - this.#deniedSinceMs < PERMISSION_GRACE_MS;
    const problem = isInGrace ? WAITING : candidate.problem;
    // A webcam's further nodes are metadata as a rule; one complaint a device is enough.
    const isListed = this.#camera !== undefined || (facts.index ?? 0) === 0;
    this.#set(isInGrace ? 'denied' : 'failed', isListed ? { ...(this.#camera ?? candidate), problem } : null);
  }
}
