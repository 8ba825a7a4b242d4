import type { CameraReason } from '@mediamtx-camera-service/protocol';
import type { ChildExit } from '../process/child-process.ts';
import { redactUrls } from './redact.ts';

/** How a run of capture ended unexpectedly. */
export interface CaptureFailure {
  code: CameraReason;
  /** In words for a person. */
  detail: string;
}

/**
 * Why a capture ended. ffmpeg's exit code tells little (a pulled device ends it with 0), so what it printed is looked
 * at first; the patterns stand from the most to the least telling.
 */
const PATTERNS: [RegExp, CameraReason, string][] = [
  [/Cannot open video device [^:]+: No such file or directory/u, 'unplugged', 'device not found'],
  [/No such device/u, 'unplugged', 'device unplugged'],
  [/Device or resource busy/u, 'busy', 'device busy: another program uses it'],
  [
    /Cannot open video device [^:]+: Permission denied/u,
    'permission',
    'no permission to open the device: add the user to group video',
  ],
  [/Not a video capture device/u, 'unusable', 'not a capture device'],
  [/VIDIOC_STREAMON\)?: No space left on device/u, 'bandwidth', 'not enough USB bandwidth for this mode'],
  [/VIDIOC_(STREAMON|REQBUFS)\)?: /u, 'refused_stream', 'the device refused to stream'],
  [/VIDIOC_(S_FMT|S_PARM)\)?: |Cannot find a proper format/u, 'refused_mode', 'the device refused this mode'],
  [/VIDIOC_\w+\)?: Input\/output error/u, 'io_error', 'device input or output error'],
  [/VIDIOC_DQBUF\)?: Invalid argument/u, 'io_error', 'the device stopped its stream'],
  [/401 Unauthorized|403 Forbidden/u, 'media_server', 'the media server refused the login'],
  [/400 Bad Request|404 Not Found/u, 'media_server', 'the media server does not know this path'],
  [/Connection refused/u, 'media_server', 'the media server is not answering'],
  [
    /Broken pipe|Connection reset|Connection timed out/u,
    'media_server',
    'the media server closed the connection',
  ],
  [/Unknown encoder/u, 'encoder_failed', 'this ffmpeg has no such encoder'],
  [
    /Error while opening encoder|Error submitting [^\n]*to the encoder|Failed to upload frame|\[h264_(vaapi|nvenc|v4l2m2m) @[^\]]*\] \[(error|fatal)\]/u,
    'encoder_failed',
    'the encoder failed',
  ],
  [
    /No such filter: '?drawtext/u,
    'ffmpeg_missing',
    'this ffmpeg has no drawtext filter, which the test picture needs',
  ],
  [/Cannot allocate memory/u, 'out_of_memory', 'out of memory'],
  // Of S_FMT, which libavdevice passes on without its name.
  [/Error opening input[^\n]*: Input\/output error/u, 'io_error', 'the device answers nothing'],
];

export function describeExit(
  exit: ChildExit,
  limits: { stallMs: number; startTimeoutMs: number; frames: number },
): CaptureFailure {
  if (exit.reason === 'stopped') return { code: 'capture_ended', detail: 'stopped' };
  if (exit.reason === 'spawn_failed')
    return { code: 'ffmpeg_missing', detail: 'ffmpeg could not be started: is it installed?' };
  if (exit.reason === 'timed_out') {
    const waitedMs = limits.frames > 0 ? limits.stallMs : limits.startTimeoutMs;
    return { code: 'stalled', detail: `no frames for ${formatSeconds(waitedMs)} s` };
  }
  return findKnownReason(exit.stderrTail) ?? { code: 'capture_ended', detail: describeUnknown(exit) };
}

function describeUnknown(exit: ChildExit): string {
  if (exit.signal === 'SIGKILL') return 'ffmpeg was killed';
  if (exit.signal !== null) return `ffmpeg was ended by ${exit.signal}`;
  const last = lastError(exit.stderrTail);
  if (last !== undefined) return `ffmpeg ended: ${last}`;
  return exit.code === 0 ? 'the device ended its stream' : `ffmpeg ended with code ${exit.code ?? 'unknown'}`;
}

function findKnownReason(lines: string[]): CaptureFailure | undefined {
  const text = lines.join('\n');
  const known = PATTERNS.find(([pattern]) => pattern.test(text));
  return known && { code: known[1], detail: known[2] };
}

/** The last line that isn't a mere warning, without ffmpeg's `[part @ address] [level]`. */
function lastError(lines: string[]): string | undefined {
  const line = lines.findLast((text) => !text.includes('[warning]'));
  return line === undefined ? undefined : redactUrls(line.replace(/^(\[[^\]]*\]\s*)+/u, '')).slice(0, 200);
}

function formatSeconds(ms: number): string {
  return String(Math.round(ms / 100) / 10);
}
