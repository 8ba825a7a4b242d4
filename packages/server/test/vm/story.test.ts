import type { EventParams } from '@mediamtx-camera-service/protocol';
import { beforeAll, describe, expect, it } from 'vitest';

import { isSound } from './fault-findings.ts';
import { finderOf, runInGuest } from './guest-run.ts';
import type { StoryFindings } from './story-findings.ts';

const picture = { frames: 1, size: '320x180', complaints: '' };

describe('the story of a V4L2 camera of a real kernel', () => {
  let findings: Partial<StoryFindings>;
  const found = finderOf<StoryFindings>(() => findings);

  beforeAll(async () => {
    findings = await runInGuest<StoryFindings>({ script: 'story.mjs', cameras: 1, timeoutS: 600 });
  });

  it('finds the camera, and shows no test camera beside it', () => {
    const { cameras, health } = found('found');
    expect(cameras).toMatchObject([
      {
        device: 'camera0',
        device_path: '/dev/video0',
        name: 'vivi1',
        kind: 'usb',
        status: 'CONNECTED',
        status_reason: null,
        resolution: '320x180',
        fps: 5,
      },
    ]);
    expect(health).toMatchObject({ status: 'HEALTHY', problems: [] });
  });

  it('tells the modes that the driver offers', () => {
    const { capabilities } = found('found');
    expect(capabilities.formats).toContain('YUYV');
    expect(capabilities.resolutions).toEqual(
      expect.arrayContaining(['3840x2160', '1280x720', '640x360', '320x180']),
    );
    expect(capabilities.fps_options[0]).toBe(60);
    expect(capabilities.modes).toContainEqual({ pixel_format: 'YUYV', width: 640, height: 360, fps: 30 });
    expect(capabilities.validation_status).toMatch(/^(PROVISIONAL|CONFIRMED)$/);
  });

  it('takes a snapshot of a camera that nobody watches, by opening it', () => {
    const { snapshot, decoded } = found('cold');
    expect(snapshot).toMatchObject({ status: 'SUCCESS', capture_method: 'direct', width: 320, height: 180 });
    expect(decoded).toEqual(picture);
  });

  it('streams: ready, with a live snapshot, and a player reads it at the address that is told', () => {
    const { stream, snapshot, decoded, address, read } = found('live');
    expect(stream).toMatchObject({ status: 'ACTIVE', ready: true, ffmpeg_process: { running: true } });
    expect(snapshot).toMatchObject({ status: 'SUCCESS', capture_method: 'live', width: 320, height: 180 });
    expect(decoded).toEqual(picture);
    expect(address).toMatchObject({ available: true, stream_status: 'READY' });
    expect(read).toEqual({ ...picture, frames: 5 });
  });

  it('records a playable file, and tells its beginning and its end', () => {
    const { started, begun, stopped, ended, decoded, listed } = found('recording');
    const { session_id, filename } = started;
    expect(started.status).toBe('RECORDING');
    expect(begun).toMatchObject({ device: 'camera0', status: 'STARTED', session_id, filename, reason: null });
    expect(stopped).toMatchObject({ device: 'camera0', status: 'STOPPED', session_id, filename });
    expect(ended).toMatchObject({ status: 'STOPPED', session_id, filename, duration: stopped.duration });
    expect(decoded).toMatchObject({ size: '320x180', complaints: '' });
    expect(decoded.frames).toBeGreaterThan(5);
    const { duration, file_size } = stopped;
    expect(listed).toMatchObject([{ filename, device: 'camera0', duration, file_size }]);
  });

  it("answers the first generation, which names the node, in that generation's words", () => {
    const { camera, snapshot, recording } = found('first-generation');
    expect(camera).toMatchObject({ device: '/dev/video0', status: 'CONNECTED', recording: true });
    expect(snapshot).toMatchObject({ device: '/dev/video0', status: 'completed', success: true });
    expect(recording).toMatchObject({ device: '/dev/video0', status: 'STARTED', success: true });
  });

  it('tells that the camera was unplugged, with the reason in words', () => {
    const { disconnected, camera, stream, events } = found('unplugged');
    expect(disconnected).toMatchObject({
      device: 'camera0',
      status_reason: expect.stringContaining('unplugged'),
    });
    expect(camera).toMatchObject({ status: 'DISCONNECTED', device_path: null });
    expect(camera.status_reason).toBe(disconnected.status_reason);
    expect(stream).toMatchObject({ ready: false, ffmpeg_process: { running: false } });
    expect(topicsOf(events, 'camera0')).toEqual(
      expect.arrayContaining(['camera.status_change', 'camera.disconnected', 'recording.error']),
    );
  });

  it('refuses what an unplugged camera can not do, and says why', () => {
    const { refusals, address } = found('unplugged');
    expect(refusals.snapshot).toMatchObject({ code: -32020, reason: 'camera_disconnected' });
    expect(refusals.streaming).toMatchObject({ code: -32020, reason: 'camera_disconnected' });
    expect(refusals.recording).toMatchObject({ code: -32020, reason: 'already_recording' });
    expect(refusals.node).toMatchObject({ code: -32010 });
    expect(address).toMatchObject({ available: false, stream_status: 'ERROR' });
  });

  it('shows a test camera while no other camera is there', () => {
    expect(found('unplugged').standIn).toMatchObject({ device: 'camera1', kind: 'test' });
    // Nobody waits for a test camera that is gone: the list is the real one's again.
    expect(found('back').cameras).toMatchObject([{ device: 'camera0', status: 'CONNECTED' }]);
  });

  it('tells the trouble of a recording whose camera is unplugged, and no recovery while it is away', () => {
    const { trouble, told, camera } = found('unplugged');
    expect(trouble).toMatchObject({ status: 'ERROR', reason: expect.stringContaining('unplugged') });
    expect(told.map(({ status }) => status)).toEqual(['ERROR']);
    expect(camera).toMatchObject({ recording: true, session_id: trouble.session_id });
  });

  it('knows the camera again at another number', () => {
    const { camera, events } = found('back');
    expect(camera).toMatchObject({
      device: 'camera0',
      device_path: '/dev/video5',
      status: 'CONNECTED',
      name: 'vivi1',
    });
    expect(topicsOf(events, 'camera0')).toEqual(
      expect.arrayContaining(['camera.status_change', 'camera.connected', 'recording.stop']),
    );
  });

  it('goes on recording when the camera is back, into the one file', () => {
    const { trouble } = found('unplugged');
    const { stopped, decoded, listed, files, told } = found('back');
    expect(told.map(({ status }) => status)).toEqual(['STARTED', 'STOPPED']);
    expect(stopped).toMatchObject({ session_id: trouble.session_id, filename: trouble.filename });
    expect(stopped.duration).toBeGreaterThan(trouble.duration);
    expect(decoded).toMatchObject({ size: '320x180', complaints: '' });
    const first = found('recording').stopped.filename;
    expect(listed.map(({ filename }) => filename)).toEqual([trouble.filename, first]);
    expect(files.toSorted()).toEqual([first, trouble.filename].toSorted());
  });

  it('names the program that uses the camera, and recovers when it ends', () => {
    const { pid, camera, told, health, freed, snapshot } = found('busy');
    const reason = `device busy: ffmpeg (process ${pid}) uses it`;
    expect(camera).toMatchObject({ status: 'BUSY', status_reason: reason });
    expect(health).toMatchObject({ status: 'DEGRADED', problems: [{ component: 'camera0', reason }] });
    expect(told.at(-1)).toMatchObject({ status: 'CONNECTED', reason_code: expect.toSatisfy(isSound) });
    expect(freed.status).toBe('CONNECTED');
    expect(snapshot.capture_method).toBe('live');
  });

  it('answers a snapshot of a camera that another program uses by what is known of it', () => {
    const { coldSnapshot, busySnapshot } = found('busy');
    expect(coldSnapshot).toMatchObject({ code: -32050, detail: expect.stringContaining('device busy') });
    expect(busySnapshot).toMatchObject({ code: -32020, reason: 'camera_busy' });
  });

  it('mends a failed read of the camera within a moment, and tells no error', () => {
    const { told, camera } = found('input-error');
    expect(new Set(told.map(({ status }) => status))).toEqual(new Set(['CONNECTED']));
    expect(told).toContainEqual(expect.objectContaining({ state: 'recovering', reason_code: 'io_error' }));
    expect(camera.status).toBe('CONNECTED');
    expect(camera.metrics.restarts).toBeGreaterThan(0);
  });

  it('tells a camera that is there but dead, and goes on when it has healed', () => {
    const { dead, snapshot, healed } = found('dead');
    expect(dead).toMatchObject({ device_path: '/dev/video5', status_reason: expect.stringMatching(/\w/) });
    expect(snapshot).toMatchObject({ code: -32050 });
    expect(healed).toMatchObject({ status: 'CONNECTED', reason_code: expect.toSatisfy(isSound) });
  });

  it('ends cleanly, and leaves no program behind', () => {
    expect(found('ended')).toEqual({ code: 0, left: [] });
  });
});

function topicsOf(events: EventParams[], device: string): string[] {
  return events.filter(({ data }) => data['device'] === device).map(({ topic }) => topic);
}
