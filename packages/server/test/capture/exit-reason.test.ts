import { expect, test } from 'vitest';
import { describeExit } from '../../src/capture/exit-reason.ts';
import { redactUrls } from '../../src/capture/redact.ts';
import type { ChildExit } from '../../src/process/child-process.ts';

const exit: ChildExit = { code: 1, signal: null, reason: 'crashed', durationMs: 1, stderrTail: [] };
const limits = { stallMs: 5000, startTimeoutMs: 15_000, frames: 10 };

test.each([
  ['[video4linux2,v4l2 @ 0x5] [error] ioctl(VIDIOC_DQBUF): No such device', 0, 'device unplugged'],
  [
    '[v4l2 @ 0x5] [error] Cannot open video device /dev/video0: No such file or directory',
    254,
    'device not found',
  ],
  [
    '[v4l2 @ 0x5] [error] Cannot open video device /dev/video0: Permission denied',
    243,
    'no permission to open the device',
  ],
  [
    '[v4l2 @ 0x5] [error] ioctl(VIDIOC_STREAMON): Device or resource busy',
    240,
    'device busy: another program uses it',
  ],
  [
    '[v4l2 @ 0x5] [error] ioctl(VIDIOC_STREAMON): No space left on device',
    228,
    'not enough USB bandwidth for this mode',
  ],
  ['[v4l2 @ 0x5] [error] ioctl(VIDIOC_DQBUF): Invalid argument', 0, 'the device stopped its stream'],
  ['[v4l2 @ 0x5] [error] ioctl(VIDIOC_DQBUF): Input/output error', 0, 'device input or output error'],
  ['[rtsp @ 0x5] [error] method ANNOUNCE failed: 401 Unauthorized', 1, 'the media server refused the login'],
  [
    '[tcp @ 0x5] [error] Connection to tcp://127.0.0.1:1 failed: Connection refused',
    1,
    'the media server is not answering',
  ],
  [
    '[out#0/rtsp @ 0x5] [error] Error writing trailer: Broken pipe',
    224,
    'the media server closed the connection',
  ],
  ["[vost#0:0 @ 0x5] [fatal] Unknown encoder 'libx264'", 8, 'this ffmpeg has no such encoder'],
  [
    "[AVFilterGraph @ 0x5] [error] No such filter: 'drawtext'",
    8,
    'this ffmpeg has no drawtext filter, which the test picture needs',
  ],
  ['[x @ 0x5] [fatal] Odd: rtsp://u:secret@h/p failed', 1, 'ffmpeg ended: Odd: rtsp://***@h/p failed'],
])('%s', (line, code, reason) => {
  const stderrTail = ['[v4l2 @ 0x5] [warning] The driver changed the time per frame', line];
  const how = code === 0 ? 'exited' : 'crashed';
  expect(describeExit({ ...exit, code, reason: how, stderrTail }, limits)).toBe(reason);
});

test('an end without a word is told by its signal, its code or its kind', () => {
  expect(describeExit({ ...exit, code: null, signal: 'SIGKILL' }, limits)).toBe('ffmpeg was killed');
  expect(describeExit({ ...exit, code: null, signal: 'SIGSEGV' }, limits)).toBe(
    'ffmpeg was ended by SIGSEGV',
  );
  expect(describeExit({ ...exit, code: 0, reason: 'exited' }, limits)).toBe('the device ended its stream');
  expect(describeExit({ ...exit, code: 3 }, limits)).toBe('ffmpeg ended with code 3');
  expect(describeExit({ ...exit, reason: 'stopped' }, limits)).toBe('stopped');
  expect(describeExit({ ...exit, reason: 'spawn_failed' }, limits)).toContain('could not be started');
});

test('a stall is told with the time that was waited', () => {
  expect(describeExit({ ...exit, reason: 'timed_out' }, limits)).toBe('no frames for 5 s');
  expect(describeExit({ ...exit, reason: 'timed_out' }, { ...limits, frames: 0 })).toBe('no frames for 15 s');
});

test('credentials are taken out of every URL', () => {
  expect(redactUrls('a rtsp://u:p@h:1/x http://h/y@z RTSP://t@h')).toBe(
    'a rtsp://***@h:1/x http://h/y@z RTSP://***@h',
  );
});
