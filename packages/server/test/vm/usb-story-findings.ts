import type { Result } from '@mediamtx-camera-service/protocol';

import type { FaultStatus, Told } from './fault-findings.ts';

type Transition = Result<'get_camera_history'>['transitions'][number];
type Control = Result<'get_camera_controls'>['controls'][number];

/** The values in the device itself. */
export interface WebcamValues {
  brightness: number;
  contrast: number;
  powerLineFrequency: number;
  whiteBalanceAuto: number;
  whiteBalanceTemperature: number;
}

/** Which camera a webcam is, and why. */
export interface Identified {
  device: string;
  node: string | null;
  name: string;
  status: FaultStatus['status'];
  identity: FaultStatus['identity'];
}

export interface Refusal {
  code: number;
  reason?: string;
  param?: string;
  rule?: string;
}

/** A part that failed says why, and nothing else. */
export interface Failable {
  failed?: string;
}

export interface FaultFinding extends Failable {
  before: FaultStatus;
  /** The notification by which it showed. */
  shown?: Told;
  after: FaultStatus;
  told: Told[];
  history: Transition[];
}

/** How the modes of a camera were tried: what was said of it in its order, and the mode that it has in the end. */
export interface ModeTrial {
  said: { resolution: string; words: string }[];
  final: { resolution: string; state: FaultStatus['state']; mode_reason: string | null };
}

export type UsbFault = 'corrupt' | 'black' | 'frozen' | 'fails-once' | 'dead';

/** What guest/usb-story.mjs reports, by step. */
export interface Findings extends Record<UsbFault, FaultFinding> {
  found: Failable & { status: FaultStatus; capabilities: Result<'get_camera_capabilities'> };
  moved: Failable & {
    before: FaultStatus;
    gone: FaultStatus;
    after: FaultStatus;
    /** The number of a frame at the time when it was plugged in again. */
    plugged: number;
    filename: string;
    files: string[];
    recorded: { numbers: (number | null)[]; complaints: string };
    told: Told[];
  };
  controls: Failable & {
    offered: Control[];
    wasSet: WebcamValues;
    tooMuch: Refusal;
    inactive: Refusal;
    afterRefusals: WebcamValues;
    forgotten: WebcamValues;
    manual: Control[];
    values: WebcamValues;
  };
  twins: Failable & { before: Identified[]; after: Identified[] };
  tie: Failable & {
    known: [string, string];
    asked: Identified;
    askedToo: Identified;
    node: string;
    merged: Identified;
    gone: Refusal;
    leftOver: Identified;
    sure: Identified;
  };
  'mode-trials': Failable & {
    /** Frames a second that this machine gave of a camera without a fault. */
    floorFps: number;
    helped: ModeTrial;
    best: ModeTrial;
    sound: ModeTrial & { promisedFps: number };
  };
  ended: { code: number | null; guestMs: number };
}
