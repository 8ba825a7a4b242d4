// What every kind of device offers to the cameras part: candidates found, and a watcher that keeps the list.
import type { CameraReason } from '@mediamtx-camera-service/protocol';

/** One way to capture. */
export interface VideoMode {
  /** V4L2 fourcc text: 'YUYV', 'MJPG', 'H264'. */
  pixelFormat: string;
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  /** Frames per second, to three decimals (29.97). */
  fps: number;
}

export interface DeviceCapabilities {
  /** Every pixel format the device names, in its own order, also those that cannot be captured here. */
  formats: string[];
  /** Modes that can be captured; de-duplicated, largest picture first, then highest rate. */
  modes: VideoMode[];
}

/** What tells one device from another. Text is '' and the rest null where the device does not say. */
export interface DeviceIdentity {
  driver: string;
  card: string;
  busInfo: string;
  /** Real path in sysfs: the port (and interface) that the device is plugged into. */
  sysPath: string | null;
  /** USB id, four hex digits. */
  vendorId: string | null;
  /** USB id, four hex digits. */
  productId: string | null;
  serial: string | null;
  /** USB interface, two hex digits; tells apart several cameras in one housing. */
  interfaceNumber: string | null;
}

/** Why a device cannot be used now. */
export interface DeviceProblem {
  status: 'ERROR' | 'BUSY' | 'PROBING';
  /** For programs. */
  code: CameraReason;
  /** For a person to read; names the remedy where there is one. */
  reason: string;
}

export interface DeviceCandidate {
  kind: 'usb' | 'test';
  /** Device node, such as /dev/video0; null for a device without one. Numbers move: never an identity. */
  node: string | null;
  /** For a person to read. */
  name: string;
  identity: DeviceIdentity;
  /** With a problem: what was last known, empty if nothing was. */
  capabilities: DeviceCapabilities;
  /** Two probes of this node agreed on the same modes; a new device may not tell all of them at once. */
  isConfirmed: boolean;
  /** Null when the device can be used. */
  problem: DeviceProblem | null;
}

/** Called with the whole current list. */
export type CandidatesListener = (candidates: DeviceCandidate[]) => void;

export interface DeviceWatcher {
  /**
   * Resolves after the first complete list was delivered (an empty one too). Register listeners before.
   * Rejects with the signal's reason when aborted.
   */
  start(signal?: AbortSignal): Promise<void>;
  /** Idempotent, safe during start; nothing is delivered afterwards. */
  stop(): Promise<void>;
  /** Asks every device everything anew, now; resolves after what it found was delivered. */
  rescan(): Promise<void>;
  /** Always the WHOLE current list, never the same list twice in a row. */
  onChange(listener: CandidatesListener): void;
}
