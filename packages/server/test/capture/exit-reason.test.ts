import { expect, test } from 'vitest';
import { describeExit } from '../../src/capture/exit-reason.ts';
import { redactUrls } from '../../src/capture/redact.ts';
import type { ChildExit } from '../../src/process/child-process.ts';

const exit: ChildExit = { code: 1, signal: null, reason: 'crashed', durationMs: 1, stderrTail: [] };
const limits = { stallMs: 5000, startTimeoutMs: 15_000, frames: 10 };

test.each([
  [
    '[in#0 @ 0x5] [fatal] Error opening input files: Input/output error',
    251,
    { code: 'io_error', detail: 'the device answers nothing' },
  ],
  [
    '[video4linux2,v4l2 @ 0x5] [error] ioctl(VIDIOC_DQBUF): No such device',
    0,
    { code: 'unplugged', detail: 'device unplugged' },
  ],
  [
    '[v4l2 @ 0x5] [error] Cannot open video device /dev/video0: No such file or directory',
    254,
    { code: 'unplugged', detail: 'device not found' },
  ],
  [
    '[v4l2 @ 0x5] [error] Cannot open video device /dev/video0: Permission denied',
    243,
    { code: 'permission', detail: 'no permission to open the device: add the user to group video' },
  ],
  [
    '[v4l2 @ 0x5] [error] ioctl(VIDIOC_STREAMON): Device or resource busy',
    240,
    { code: 'busy', detail: 'device busy: another program uses it' },
  ],
  [
    '[v4l2 @ 0x5] [error] ioctl(VIDIOC_STREAMON): No space left on device',
    228,
    { code: 'bandwidth', detail: 'not enough USB bandwidth for this mode' },
  ],
  [
    '[v4l2 @ 0x5] [error] ioctl(VIDIOC_DQBUF): Invalid argument',
    0,
    { code: 'io_error', detail: 'the device stopped its stream' },
  ],
  [
    '[v4l2 @ 0x5] [error] ioctl(VIDIOC_DQBUF): Input/output error',
    0,
    { code: 'io_error', detail: 'device input or output error' },
  ],
  [
    '[rtsp @ 0x5] [error] method ANNOUNCE failed: 401 Unauthorized',
    1,
    { code: 'media_server', detail: 'the media server refused the login' },
  ],
  [
    '[tcp @ 0x5] [error] Connection to tcp://127.0.0.1:1 failed: Connection refused',
    1,
    { code: 'media_server', detail: 'the media server is not answering' },
  ],
  [
    '[out#0/rtsp @ 0x5] [error] Error writing trailer: Broken pipe',
    224,
    { code: 'media_server', detail: 'the media server closed the connection' },
  ],
  [
    "[vost#0:0 @ 0x5] [fatal] Unknown encoder 'libx264'",
    8,
    { code: 'encoder_failed', detail: 'this ffmpeg has no such encoder' },
  ],
  [
    "[AVFilterGraph @ 0x5] [error] No such filter: 'drawtext'",
    8,
    { code: 'ffmpeg_missing', detail: 'this ffmpeg has no drawtext filter, which the test picture needs' },
  ],
  [
    '[x @ 0x5] [fatal] Odd: rtsp://u:secret@h/p failed',
    1,
    { code: 'capture_ended', detail: 'ffmpeg ended: Odd: rtsp://***@h/p failed' },
  ],
])('%s', (line, code, reason) => {
  const stderrTail = ['[v4l2 @ 0x5] [warning] The driver changed the time per frame', line];
  const how = code === 0 ? 'exited' : 'crashed';
  expect(describeExit({ ...exit, code, reason: how, stderrTail }, limits)).toEqual(reason);
});

test('an end without a word is told by its signal, its code or its kind', () => {
  expect(describeExit({ ...exit, code: null, signal: 'SIGKILL' }, limits).detail).toBe('ffmpeg was killed');
  expect(describeExit({ ...exit, code: null, signal: 'SIGSEGV' }, limits).detail).toBe(
    'ffmpeg was ended by SIGSEGV',
  );
  expect(describeExit({ ...exit, code: 0, reason: 'exited' }, limits).detail).toBe(
    'the device ended its stream',
  );
  expect(describeExit({ ...exit, code: 3 }, limits).detail).toBe('ffmpeg ended with code 3');
  expect(describeExit({ ...exit, reason: 'stopped' }, limits).detail).toBe('stopped');
  expect(describeExit({ ...exit, reason: 'spawn_failed' }, limits).detail).toContain('could not be started');
});

test('a stall is told with the time that was waited', () => {
  expect(describeExit({ ...exit, reason: 'timed_out' }, limits).detail).toBe('no frames for 5 s');
  expect(describeExit({ ...exit, reason: 'timed_out' }, { ...limits, frames: 0 }).detail).toBe(
    'no frames for 15 s',
  );
});

test('credentials are taken out of every URL', () => {
  expect(redactUrls('a rtsp://u:p@h:1/x http://h/y@z RTSP://t@h')).toBe(
    'a rtsp://***@h:1/x http://h/y@z RTSP://***@h',
  );
});
