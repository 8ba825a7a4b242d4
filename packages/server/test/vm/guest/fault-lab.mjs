// One camera of the real service that is watched and recorded, while one fault after the other befalls it.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ffmpegBinary } from '@mediamtx-camera-service/testkit';

import { openDevice } from '../../../dist/devices/v4l2/ioctl.js';
import { tells } from './camera-service.mjs';
import { setOff } from './faults.mjs';
import { OSD_BYTES, OSD_CROP, readCounter } from './osd.mjs';
import { report, until } from './steps.mjs';
import { Timeline } from './timeline.mjs';
import { Viewer } from './viewer.mjs';

// A fault that is not survived must not take the time of those after it.
const PATIENCE_MS = 60_000;
// So that two streams of the device are told apart in a recording by their numbers.
const FRAMES_OF_A_STEADY_STREAM = 5;
// Eight seconds at least of five frames each: the trial of the mode is over, and nothing is said of it any more.
const FRAMES_OF_A_TRIAL = 40;
/** Short, so that a fault shows soon; ffmpeg has been started before, so that its files are in memory. */
export const QUICK_TO_NOTICE = {
  CAMERA_SERVICE_CAPTURE_START_TIMEOUT: '10',
  CAMERA_SERVICE_CAPTURE_STALL_TIMEOUT: '4',
  CAMERA_SERVICE_CAMERA_RESCAN_INTERVAL: '2',
};

export class FaultLab {
  #service;
  #call;
  #device;
  #timeline;
  #viewer;

  constructor({ service, call, told }, device) {
    this.#service = service;
    this.#call = call;
    this.#device = device;
    this.#timeline = new Timeline(told, device);
    this.told = told;
  }

  get viewer() {
    return this.#viewer;
  }

  /** Begins to watch and to record. */
  async start() {
    const { stream_url: url } = await this.#call('get_stream_url', { device: this.#device });
    this.#viewer = new Viewer(url);
    const from = this.#timeline.mark();
    await this.#call('start_recording', { device: this.#device });
    await tells({ told: this.told, from, name: 'recording_status_update', fields: { status: 'STARTED' } });
    await this.#isWell();
    await until('the mode to be tried', async () => {
      const { metrics } = await this.#call('get_stream_status', { device: this.#device });
      return metrics.frames_sent >= FRAMES_OF_A_TRIAL;
    });
  }

  /** Without what takes much room and never changes. */
  async status() {
    const {
      capabilities: _,
      streams: __,
      ...status
    } = await this.#call('get_camera_status', {
      device: this.#device,
    });
    return status;
  }

  /** Opens the camera's node beside the service, does something to its driver, and gives the open device. */
  async tamper(settings) {
    const device = await openDevice((await this.status()).device_path);
    for (const [fault, value] of Object.entries(settings)) setOff(fault, device, value);
    return device;
  }

  /** Sets the driver's settings, and leaves the device. */
  async set(settings) {
    await (await this.tamper(settings)).close();
  }

  /** Waits until the camera's status agrees. */
  untilStatus(what, agrees) {
    const look = async () => {
      const status = await this.status();
      return agrees(status) && status;
    };
    return until(what, look, PATIENCE_MS);
  }

  /**
   * Reports how one fault was survived: what was told while it lasted and after it, and the frames that were missed.
   * @param shows the status by which it shows while it lasts; left out for one that passes by itself
   * @param heal ends the fault
   * @param isLasting whether the service goes on telling it after that
   */
  async survive(step, { fault, shows, heal, isLasting = false }) {
    const before = await this.#isWell();
    const startMs = Date.now();
    const [seen, heard] = [this.#viewer.mark(), this.#timeline.mark()];
    let struck = seen;
    const findings = { before };
    try {
      try {
        await fault();
        struck = this.#viewer.mark();
        if (shows) findings.during = await this.untilStatus(`${step} to show`, shows);
      } finally {
        // In any case, since other faults are to come.
        findings.healedMs = Date.now() - startMs;
        await heal?.();
      }
      const { run, sequence } = await this.#viewer.resumes(struck, PATIENCE_MS);
      findings.resumed = { newRuns: run - seen.run, sequence };
      const isOver = ({ reason_code }) => !shows || isLasting || isSound(reason_code);
      await this.untilStatus(`${step} to be over`, isOver);
      findings.after = await this.#isWell();
    } catch (error) {
      findings.failed = { error: String(error), status: await this.status() };
    }
    report(step, {
      ...findings,
      gap: this.#viewer.gapSince(seen),
      timeline: this.#timeline.since(heard, startMs),
      transitions: await this.#transitionsSince(startMs),
    });
  }

  /** Ends the recording, and reports the frames in it by their numbers. */
  async stop(step) {
    const { filename } = await this.#call('stop_recording', { device: this.#device });
    await this.#viewer.stop();
    const path = join(this.#service.dataDir, 'recordings', this.#device, filename);
    report(step, { filename, ...(await readRecording(path)) });
  }

  /** Waits until the camera is watched and recorded again, and the clients know it. */
  #isWell() {
    const look = async () => {
      const status = await this.status();
      const isTold = this.#timeline.lastOfCamera?.state === 'live';
      const { ready } = await this.#call('get_stream_status', { device: this.#device });
      const isRecorded = this.#timeline.lastOfRecording === 'STARTED';
      const isSeen = this.#viewer.newest?.sequence >= FRAMES_OF_A_STEADY_STREAM;
      return ready && status.state === 'live' && isTold && isRecorded && isSeen && status;
    };
    return until('the camera to be live', look, PATIENCE_MS);
  }

  async #transitionsSince(startMs) {
    const { transitions } = await this.#call('get_camera_history', { device: this.#device });
    return transitions.filter(({ time }) => Date.parse(time) >= startMs).toReversed();
  }
}

/** Starved is what the machine may be. */
export function isSound(reason) {
  return reason === null || reason === 'starved';
}

/** The streams of the device that a recording holds, each with its frames' numbers. */
async function readRecording(path) {
  const { stdout, stderr } = await promisify(execFile)(
    ffmpegBinary(),
    [
      ...['-nostdin', '-loglevel', 'error', '-i', path, '-map', '0:v', '-fps_mode', 'passthrough'],
      // In the file's own time: by its mean rate, two frames may fall on one time, and ffmpeg complains.
      ...['-vf', `crop=${OSD_CROP},format=gray`, '-enc_time_base', 'demux', '-f', 'rawvideo', 'pipe:1'],
    ],
    { encoding: 'buffer', maxBuffer: 1024 * 1024 * 1024 },
  );
  const runs = [];
  for (let at = 0; at < stdout.length; at += OSD_BYTES) {
    const counter = readCounter(stdout.subarray(at, at + OSD_BYTES));
    if (!counter) continue;
    if (!(counter.sequence >= runs.at(-1)?.last)) runs.push({ first: counter.sequence, frames: 0 });
    Object.assign(runs.at(-1), { last: counter.sequence, frames: runs.at(-1).frames + 1 });
  }
  return { frames: stdout.length / OSD_BYTES, runs, complaints: stderr.toString() };
}
