// The real service beside emulated USB webcams: which camera a webcam is, what is told of it, and one that is watched.
import { UsbWebcam } from '@mediamtx-camera-service/testkit';

import { isSound, QUICK_TO_NOTICE } from './fault-lab.mjs';
import { startService } from './camera-service.mjs';
import { report, run, until } from './steps.mjs';
import { isSince, numberNow, PICTURE, webcamCounter } from './usb-numbers.mjs';
import { Viewer } from './viewer.mjs';

// A part that fails must not take the time of those after it.
const PATIENCE_MS = 60_000;
// Eight seconds at least.
const FRAMES_OF_A_TRIAL = 8 * PICTURE.fps;

await run('camera', 'usb');
// It lingers, so that a viewer whom a fault has thrown out finds the camera still being repaired.
const started = await startService({
  env: { ...QUICK_TO_NOTICE, CAMERA_SERVICE_CAMERA_LINGER: '10' },
  testCameras: 0,
});
export const { service, call, told } = started;

/** A webcam with one size, so that its number can be read in whatever mode it is captured. */
export function makeWebcam(options) {
  const sizes = [{ width: PICTURE.width, height: PICTURE.height, fps: [PICTURE.fps] }];
  const formats = ['MJPG', 'YUYV'].map((pixelFormat) => ({ pixelFormat, sizes }));
  return UsbWebcam.create({ formats, ...options });
}

/** Without what takes much room. */
export async function statusOf(device) {
  const { capabilities: _, streams: __, ...status } = await call('get_camera_status', { device });
  return status;
}

export async function identityOf(device) {
  const { device_path: node, name, status, identity } = await statusOf(device);
  return { device, node, name, status, identity };
}

export const untilStatus = (device, what, agrees) =>
  until(
    `${device} ${what}`,
    async () => {
      const status = await statusOf(device);
      return agrees(status) && status;
    },
    PATIENCE_MS,
  );

/** The camera that a webcam which is plugged in has become. */
export async function cameraOf(webcam) {
  const node = await webcam.node();
  return until(
    `a camera at ${node}`,
    async () => {
      const { cameras } = await call('get_camera_list');
      return cameras.find(({ device_path, status }) => device_path === node && status === 'CONNECTED')
        ?.device;
    },
    PATIENCE_MS,
  );
}

/** Those that it offers. A webcam that is new is asked for each range, which may take longer than a call may. */
export function controlsOf(device) {
  const ask = () =>
    call('get_camera_controls', { device }).then(
      ({ controls }) => controls,
      ({ message }) => console.error(message),
    );
  return until(`the controls of ${device}`, ask, PATIENCE_MS);
}

/** Pulls it, and waits until the service knows. */
export async function pull(webcam, device) {
  await webcam.unplug();
  return untilStatus(device, 'to be absent', ({ state }) => state === 'absent');
}

/** What was told of a camera from that place on. */
export function toldOf(device, from) {
  return told
    .slice(from)
    .filter(({ name, params }) => name !== 'event' && params.device === device)
    .map(({ name, params }) => ({
      kind: name === 'camera_status_update' ? 'camera' : 'recording',
      ...pick(params, [
        ...['status', 'state', 'reason_code', 'status_reason', 'remedy'],
        ...['resolution', 'session_id'],
      ]),
    }));
}

export async function historySince(device, startMs) {
  const { transitions } = await call('get_camera_history', { device });
  return transitions.filter(({ time }) => Date.parse(time) >= startMs).toReversed();
}

/** Runs a part of the story; that it failed is a finding as well. */
export async function tell(step, part) {
  const startMs = Date.now();
  try {
    report(step, { ...(await part()), tookMs: Date.now() - startMs });
  } catch (error) {
    report(step, { failed: String(error), cameras: (await call('get_camera_list')).cameras });
  }
}

/** One camera that somebody watches all the time. */
export class WatchedCamera {
  device;
  viewer;

  constructor(device, url) {
    this.device = device;
    this.viewer = new Viewer(url, webcamCounter);
  }

  static async watch(device) {
    const { stream_url: url } = await call('get_stream_url', { device });
    return new WatchedCamera(device, url);
  }

  /** Waits for a picture that is taken from now on. */
  async seesNow() {
    const number = numberNow();
    const from = this.viewer.frames.length;
    await until(
      `a picture with number ${number} of ${this.device}`,
      () => this.viewer.frames.slice(from).some(isSince(number)),
      PATIENCE_MS,
    );
    return number;
  }

  /** Waits until the run has been long enough for its mode to be tried, so that nothing is said of that later. */
  async isTried() {
    await until(
      `the mode of ${this.device} to be tried`,
      async () => {
        const { metrics } = await call('get_stream_status', { device: this.device });
        return metrics.frames_sent >= FRAMES_OF_A_TRIAL;
      },
      PATIENCE_MS,
    );
  }

  /** Waits until something that agrees is told of it. */
  hears(from, what, agrees) {
    return until(what, () => toldOf(this.device, from).find(agrees), PATIENCE_MS);
  }

  /**
   * What becomes of the picture when something befalls the webcam.
   * @param fault what befalls it
   * @param shows the notification by which it shows; left out for what passes by itself
   * @param during what is waited for while it lasts
   * @param heal ends it
   */
  async survive({ fault, shows, during, heal }) {
    await this.seesNow();
    const before = await untilStatus(this.device, 'to be live', ({ state }) => state === 'live');
    const [from, startMs] = [told.length, Date.now()];
    const findings = { before };
    try {
      await fault();
      if (shows) findings.shown = await this.hears(from, 'the fault to be told', shows);
      await during?.(before);
    } finally {
      // In any case, since other faults are to come.
      await heal?.();
    }
    await this.seesNow();
    findings.after = await untilStatus(this.device, 'to be well', isWell);
    return {
      ...findings,
      told: toldOf(this.device, from),
      history: await historySince(this.device, startMs),
    };
  }
}

function pick(object, names) {
  return Object.fromEntries(names.filter((name) => name in object).map((name) => [name, object[name]]));
}

function isWell({ state, reason_code: code }) {
  return state === 'live' && isSound(code);
}
