import type { CameraReason } from '@mediamtx-camera-service/protocol';

/** What the service does about a failure. */
export type Remedy =
  /** Start capture again. */
  | 'restart'
  /** Take the next lower mode, and remember that this one failed. */
  | 'lower_mode'
  /** Have nobody of ours hold the device, and open it anew until it answers. */
  | 'reopen'
  /** Wait until the program that has the device lets it go. */
  | 'await_holder'
  /** Take another encoder. */
  | 'next_encoder';

interface ReasonEntry {
  /** What the service does, or what a person can do; null where nothing is amiss. */
  remedy: string | null;
  /** Of the first, the second… failure in a row; the last one repeats. */
  ladder: readonly Remedy[];
  /** The failure in a row from which on it is told as ERROR: the ones before are mended within a moment, as a rule. */
  toldFrom: number;
  /** The longest wait between two tries, in milliseconds. The first try is at once. */
  maxWaitMs: number;
}

const entry = (remedy: string | null, rest: Partial<Omit<ReasonEntry, 'remedy'>> = {}): ReasonEntry => ({
  remedy,
  ladder: ['restart'],
  toldFrom: 2,
  maxWaitMs: 3_000,
  ...rest,
});

const comesBack = 'It comes back by itself when it is plugged in again.';
const checkCable = 'It is tried again and again; check its cable, or plug it in again.';

/**
 * Every reason that a camera can give for its state: what is done about it, in which order, and at which pace. The
 * remedies escalate: start again, take a lower mode, open the device anew, and tell a person all the while.
 */
export const reasons: Readonly<Record<CameraReason, ReasonEntry>> = {
  probing: entry(null),
  unplugged: entry(comesBack, { ladder: ['reopen'] }),
  not_needed: entry('camera.test_cameras says when there are test cameras.'),
  disabled: entry('set_camera {enabled: true} uses it again.'),
  off: entry('set_camera {mode: "on_demand"} lets it be live again.'),
  released: entry('It is taken back by itself; reclaim_camera takes it back now.'),
  busy: entry('Close the other program; the camera is taken as soon as it is free.', {
    ladder: ['await_holder'],
    toldFrom: 1,
  }),
  permission: entry('Add the user of the service to group video, and start the service again.', {
    ladder: ['reopen'],
    toldFrom: 1,
    maxWaitMs: 5_000,
  }),
  dead: entry('It is asked again and again; unplug it and plug it in again.', {
    ladder: ['reopen'],
    toldFrom: 1,
  }),
  unusable: entry('It can not be captured by this service.', { toldFrom: 1, maxWaitMs: 5_000 }),
  bandwidth: entry('A lower mode is taken; another USB controller has more to give.', {
    ladder: ['lower_mode'],
    toldFrom: 2,
  }),
  io_error: entry(checkCable, { ladder: ['restart', 'restart', 'reopen', 'lower_mode'] }),
  refused_stream: entry(checkCable, { ladder: ['restart', 'restart', 'lower_mode', 'reopen'] }),
  refused_mode: entry('Another mode is taken.', { ladder: ['restart', 'lower_mode'] }),
  capture_ended: entry('Capture is started again.', { ladder: ['restart', 'restart', 'restart', 'reopen'] }),
  stalled: entry('The device is opened anew until it gives frames; check its cable.', {
    ladder: ['restart', 'reopen', 'lower_mode', 'reopen'],
  }),
  starved: entry('set_camera {resolution, fps} tries another mode; another USB port may be faster.'),
  frozen: entry('Capture was started again; if the scene is not still, plug the camera in again.', {
    ladder: ['restart', 'reopen'],
  }),
  black: entry('Look for a lens cap, a closed shutter, or a dark room.'),
  encoder_failed: entry('Another encoder is taken.', { ladder: ['next_encoder'] }),
  ffmpeg_missing: entry('`npm start` installs ffmpeg; get_status tells whether it was found.', {
    toldFrom: 1,
    maxWaitMs: 5_000,
  }),
  out_of_memory: entry('A lower mode is taken; end other programs.', {
    ladder: ['restart', 'lower_mode'],
    maxWaitMs: 5_000,
  }),
  // MediaMTX's absence is no state of the camera: viewers are told by its own.
  media_server: entry('The picture comes back with MediaMTX, by itself.', {
    toldFrom: Number.POSITIVE_INFINITY,
    maxWaitMs: 1_000,
  }),
  flapping: entry('Check its cable, the hub and its power supply.'),
};
