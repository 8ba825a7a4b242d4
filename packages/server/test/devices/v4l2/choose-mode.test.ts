import { describe, expect, it } from 'vitest';

import type { DeviceCapabilities } from '../../../src/devices/device.ts';
import { chooseMode, type WantedMode } from '../../../src/devices/v4l2/choose-mode.ts';
import { ffmpegInputFormat } from '../../../src/devices/v4l2/ffmpeg-format.ts';
import { sortModes } from '../../../src/devices/v4l2/modes.ts';

/** 'YUYV 640x480@30,15' lines, as v4l2-ctl --list-formats-ext tells them. */
function device(...lines: string[]): DeviceCapabilities {
  const modes = lines.flatMap((line) => {
    const [pixelFormat = '', size = ''] = line.split(' ');
    const [dimensions = '', rates = ''] = size.split('@');
    const [width = 0, height = 0] = dimensions.split('x').map(Number);
    return rates.split(',').map((fps) => ({ pixelFormat, width, height, fps: Number(fps) }));
  });
  return { formats: [...new Set(modes.map((mode) => mode.pixelFormat))], modes: sortModes(modes) };
}

const RATES = '30,24,20,15,10,7.5,5';

// Logitech C920 as sold since 2019: no H.264 any more.
const C920 = device(
  `YUYV 640x480@${RATES}`,
  `YUYV 640x360@${RATES}`,
  `YUYV 320x240@${RATES}`,
  'YUYV 960x540@15,10,7.5,5',
  'YUYV 1280x720@10,7.5,5',
  'YUYV 1920x1080@5',
  `MJPG 640x480@${RATES}`,
  `MJPG 640x360@${RATES}`,
  `MJPG 960x540@${RATES}`,
  `MJPG 1280x720@${RATES}`,
  `MJPG 1920x1080@${RATES}`,
);
// The first C920 encodes by itself.
const C920_H264 = device(
  'YUYV 1280x720@10,7.5,5',
  `MJPG 1280x720@${RATES}`,
  `MJPG 1920x1080@${RATES}`,
  `H264 640x480@${RATES}`,
  `H264 1280x720@${RATES}`,
  `H264 1920x1080@${RATES}`,
);
// A common laptop's camera.
const LAPTOP = device('MJPG 1280x720@30', 'MJPG 640x480@30', 'YUYV 640x480@30', 'YUYV 1280x720@10');
// PlayStation Eye: raw only, small and fast.
const PS3_EYE = device('YUYV 640x480@60,50,40,30,15', 'YUYV 320x240@187,150,120,100,75,60,50,37,30');
// HDMI to USB stick (MacroSilicon MS2109).
const HDMI_STICK = device(
  'MJPG 1920x1080@30,25,20,10,5',
  'MJPG 1280x720@60,50,30,20,10',
  'MJPG 640x480@60,50,30,20,10',
  'YUYV 1920x1080@5',
  'YUYV 1280x720@10',
  'YUYV 640x480@20,10,5',
);
const NIGHT_CAMERA = device('GREY 640x360@15', 'GREY 340x340@30');
const RAW_SLOW = device('YUYV 640x480@30,15', 'YUYV 1280x720@10,5', 'YUYV 1920x1080@5');
const BIG_ONLY = device('MJPG 3840x2160@30', 'MJPG 2592x1944@30', 'MJPG 1920x1080@30');
const TELEVISION = device('YUYV 1280x720@59.94,29.97,25');

describe.each<[string, DeviceCapabilities, WantedMode | undefined, string]>([
  ['MJPEG where raw is a slide show', C920, undefined, 'MJPG 1280x720@30'],
  ['the wanted size, large', C920, { width: 1920, height: 1080 }, 'MJPG 1920x1080@30'],
  ['the slower rate that still reaches the wanted one', C920, { fps: 12 }, 'MJPG 1280x720@15'],
  ['the named pixel format', C920, { pixelFormat: 'YUYV' }, 'YUYV 960x540@15'],
  [
    'the named size although slow',
    C920,
    { pixelFormat: 'YUYV', width: 1280, height: 720 },
    'YUYV 1280x720@10',
  ],
  ['another format when the named is not offered', C920, { pixelFormat: 'NV12' }, 'MJPG 1280x720@30'],
  ['native H.264 first', C920_H264, undefined, 'H264 1280x720@30'],
  ['native H.264 at full size', C920_H264, { width: 1920, height: 1080 }, 'H264 1920x1080@30'],
  ['no H.264 when named otherwise', C920_H264, { pixelFormat: 'MJPG' }, 'MJPG 1280x720@30'],
  ['MJPEG of a laptop', LAPTOP, undefined, 'MJPG 1280x720@30'],
  ['the nearest size below', PS3_EYE, undefined, 'YUYV 640x480@30'],
  ['the nearest rate above', PS3_EYE, { fps: 45 }, 'YUYV 640x480@50'],
  [
    'the fastest when none reaches the rate',
    PS3_EYE,
    { width: 320, height: 240, fps: 240 },
    'YUYV 320x240@187',
  ],
  ['not faster than wanted', HDMI_STICK, undefined, 'MJPG 1280x720@30'],
  ['fast when wanted', HDMI_STICK, { fps: 60 }, 'MJPG 1280x720@60'],
  ['a picture of an infrared camera', NIGHT_CAMERA, undefined, 'GREY 640x360@15'],
  ['unasked, fluent before large', RAW_SLOW, undefined, 'YUYV 640x480@30'],
  ['asked, large before fluent', RAW_SLOW, { width: 1280, height: 720 }, 'YUYV 1280x720@10'],
  ['the nearest size above when none is below', BIG_ONLY, undefined, 'MJPG 1920x1080@30'],
  ['by width alone', C920, { width: 700 }, 'MJPG 640x480@30'],
  ['by height alone', C920, { height: 400 }, 'MJPG 640x360@30'],
  ['29.97 as 30', TELEVISION, undefined, 'YUYV 1280x720@29.97'],
])('%s', (_name, capabilities, wanted, expected) => {
  it(`is ${expected}`, () => {
    const { pixelFormat, width, height, fps } = chooseMode(capabilities, wanted);
    expect(`${pixelFormat} ${width}x${height}@${fps}`).toBe(expected);
    expect(ffmpegInputFormat(pixelFormat)).toBeDefined();
  });
});

it('prefers H.264 over a faster format only while it reaches the rate', () => {
  const capabilities = device('H264 1280x720@15', 'MJPG 1280x720@30');
  expect(chooseMode(capabilities).pixelFormat).toBe('MJPG');
  expect(chooseMode(capabilities, { fps: 15 }).pixelFormat).toBe('H264');
});

it('ignores H.264 that does not reach the wanted size', () => {
  expect(chooseMode(device('H264 640x360@30', 'MJPG 1280x720@30')).pixelFormat).toBe('MJPG');
});

it('prefers the raw format that needs no conversion', () => {
  expect(chooseMode(device('YUYV 640x480@30', 'RGB3 640x480@30', 'NV12 640x480@30')).pixelFormat).toBe(
    'NV12',
  );
});

it('refuses a device of which nothing can be captured, and says what it offers', () => {
  expect(() => chooseMode(device('Z16 640x480@30'))).toThrow(RangeError);
  expect(() => chooseMode(device('Z16 640x480@30'))).toThrow('Z16');
  expect(() => chooseMode({ formats: [], modes: [] })).toThrow('none');
});
