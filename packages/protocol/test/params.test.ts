import { describe, expect, test } from 'vitest';
import { fileName, methods, type MethodName } from '../src/index.ts';

function isValid(method: MethodName, params: unknown): boolean {
  return methods[method].params.safeParse(params).success;
}

const withDevice = Object.entries(methods).filter(([, { params }]) => 'device' in params.shape);

/** What else a method can't do without. */
const rest: Partial<Record<MethodName, object>> = {
  merge_cameras: { other: 'camera1' },
  set_camera_controls: { controls: { brightness: 1 } },
};

describe('device', () => {
  test.for(withDevice.map(([name]) => name as MethodName))(
    '%s takes cameraN and /dev/videoN alone',
    (method) => {
      for (const device of ['camera0', 'camera17', '/dev/video0', '/dev/video12']) {
        expect(isValid(method, { ...rest[method], device }), device).toBe(true);
      }
      for (const device of [
        '',
        'camera',
        'camera-1',
        'Camera0',
        'video0',
        '/dev/video',
        '/dev/video0/../sda',
        'camera0\n',
        'camera0/x',
        0,
        null,
      ]) {
        expect(isValid(method, { ...rest[method], device }), String(device)).toBe(false);
      }
    },
  );
});

describe('params beyond their bounds', () => {
  const device = 'camera0';
  const cases: [MethodName, Record<string, unknown>, boolean][] = [
    ['start_recording', { device, duration: 1 }, true],
    ['start_recording', { device, duration: 86_400 }, true],
    ['start_recording', { device, duration: 0 }, false],
    ['start_recording', { device, duration: 86_401 }, false],
    ['start_recording', { device, duration: 1.5 }, false],
    ['start_recording', { device, duration: '60' }, false],
    ['start_recording', { device, duration_hours: 25 }, false],
    ['start_recording', { device, format: 'avi' }, false],
    ['take_snapshot', { device, quality: 1 }, true],
    ['take_snapshot', { device, quality: 100 }, true],
    ['take_snapshot', { device, quality: 0 }, false],
    ['take_snapshot', { device, quality: 101 }, false],
    ['take_snapshot', { device, format: 'gif' }, false],
    ['take_snapshot', { device, max_age_ms: -1 }, false],
    ['list_recordings', { limit: 1000 }, true],
    ['list_recordings', { limit: 1001 }, false],
    ['list_recordings', { limit: 0 }, false],
    ['list_recordings', { offset: -1 }, false],
    ['list_recordings', { from: '2026-01-01T00:00:00+01:00' }, true],
    ['list_recordings', { from: 'yesterday' }, false],
    ['list_recordings', { order: 'newest' }, false],
    ['authenticate', { auth_token: '' }, false],
    ['authenticate', { auth_token: 'a'.repeat(8193) }, false],
    ['subscribe_events', { topics: ['*'], after_seq: -1 }, false],
    ['subscribe_events', { topics: ['*'], filters: { device: { $ne: 1 } } }, false],
  ];
  test.for(cases)('%s %j: %s', ([method, params, expected]) => {
    expect(isValid(method, params)).toBe(expected);
  });
});

test('params that nobody knows are passed over: older clients send auth_token in every call', () => {
  const parsed = methods.get_camera_status.params.parse({ device: 'camera0', auth_token: 'x', unknown: 1 });
  expect(parsed).toEqual({ device: 'camera0' });
});

test('defaults', () => {
  expect(methods.take_snapshot.params.parse({ device: 'camera0' })).toEqual({
    device: 'camera0',
    format: 'jpg',
    quality: 85,
  });
  expect(methods.start_recording.params.parse({ device: 'camera0' })).toEqual({
    device: 'camera0',
  });
  expect(methods.release_camera.params.parse({ device: 'camera0' })).toEqual({
    device: 'camera0',
    seconds: 60,
  });
  expect(methods.list_recordings.params.parse({})).toEqual({ limit: 50, offset: 0, order: 'desc' });
  expect(methods.authenticate.params.parse({})).toEqual({ auth_type: 'auto' });
});

describe('file names', () => {
  test.for(['camera0_2026-01-01_00-00-00.mp4', 'a', 'front-door.jpg', '2.png', 'a'.repeat(128)])(
    '%s',
    (name) => {
      expect(fileName.safeParse(name).success).toBe(true);
    },
  );

  test.for([
    '',
    '.',
    '..',
    '.hidden',
    '../a',
    'a/b',
    'a\\b',
    'a b',
    'a\0',
    'a\n',
    '-rf',
    '%2e%2e',
    'ä.jpg',
    'a'.repeat(129),
  ])('not %j', (name) => {
    expect(fileName.safeParse(name).success).toBe(false);
  });
});
