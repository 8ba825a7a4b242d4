import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/config-error.ts';
import { loadConfig } from '../../src/config/load.ts';
import { configSchema } from '../../src/config/schema.ts';

function problemsOf(camera: object): string[] {
  const parsed = configSchema.safeParse({ camera });
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('devices to be left alone', () => {
  test.each([
    '/dev/video3',
    '/dev/video*',
    'usb:046d:0825',
    'USB:046D:*',
    'HD Webcam*',
    'A1B2',
    'usb-0000:00:14.0-1',
  ])('may be told as %s', (pattern) => {
    expect(problemsOf({ ignore: [pattern] })).toEqual([]);
  });

  test.each([
    ['', 'must name something; camera.discovery: false looks for no camera at all'],
    ['*', 'must name something; camera.discovery: false looks for no camera at all'],
    ['/dev/v4l/by-id/x', 'a node must be written /dev/videoN; * stands for any text'],
    ['/dev/video', 'a node must be written /dev/videoN; * stands for any text'],
    ['usb:46d', 'a USB id must be written usb:VVVV:PPPP in hex digits; * stands for any of them'],
    ['usb:046g:0825', 'a USB id must be written usb:VVVV:PPPP in hex digits; * stands for any of them'],
  ])('may not be told as "%s"', (pattern, message) => {
    expect(problemsOf({ ignore: ['fine', pattern] })).toEqual([`camera.ignore.1: ${message}`]);
  });

  test('are separated by commas in the environment', () => {
    const { camera } = loadConfig({ env: { CAMERA_SERVICE_CAMERA_IGNORE: 'HD Webcam, usb:046d:*' } });
    expect(camera.ignore).toEqual(['HD Webcam', 'usb:046d:*']);
    expect(() => loadConfig({ env: { CAMERA_SERVICE_CAMERA_IGNORE: '*' } })).toThrow(ConfigError);
  });
});

describe('a range of nodes', () => {
  test('is none unless told', () => {
    expect(loadConfig({ env: {} }).camera.node_range).toBeUndefined();
    expect(problemsOf({ node_range: '0-9' })).toEqual([]);
    expect(problemsOf({ node_range: '3-3' })).toEqual([]);
  });

  test.each([
    ['9', 'must be FROM-TO, such as 0-9'],
    ['a-b', 'must be FROM-TO, such as 0-9'],
    ['-1-3', 'must be FROM-TO, such as 0-9'],
    ['9-0', 'must begin with the smaller number'],
  ])('may not be "%s"', (range, message) => {
    expect(problemsOf({ node_range: range })).toEqual([`camera.node_range: ${message}`]);
  });
});
