import type { ChildExit } from '../process/child-process.ts';
import { redactUrls } from './redact.ts';

/**
 * Why a capture ended, in words for a person. ffmpeg's exit code tells little (a pulled device ends it with 0),
 * so what it printed is looked at first; the patterns stand from the most to the least telling.
 */
const PATTERNS: [RegExp, string][] = [
  [/Cannot open video device [^:]+: No such file or directory/u, 'device not found'],
  [/No such device/u, 'device unplugged'],
  [/Device or resource busy/u, 'device busy: another program uses it'],
  [/Cannot open video device [^:]+: Permission denied/u, 'no permission to open the device'],
  [/Not a video capture device/u, 'not a capture device'],
  [/VIDIOC_STREAMON\)?: No space left on device/u, 'not enough USB bandwidth for this mode'],
  [/VIDIOC_STREAMON\)?: /u, 'the device refused to stream'],
  [/VIDIOC_(S_FMT|S_PARM)\)?: |Cannot find a proper format/u, 'the device refused this mode'],
  [/VIDIOC_\w+\)?: Input\/output error/u, 'device input or output error'],
  [/VIDIOC_DQBUF\)?: Invalid argument/u, 'the device stopped its stream'],
  [/401 Unauthorized|403 Forbidden/u, 'the media server refused the login'],
  [/400 Bad Request|404 Not Found/u, 'the media server does not know this path'],
  [/Connection refused/u, 'the media server is not answering'],
  [/Broken pipe|Connection reset|Connection timed out/u, 'the media server closed the connection'],
  [/Unknown encoder/u, 'this ffmpeg has no such encoder'],
  [/No such filter: '?drawtext/u, 'this ffmpeg has no drawtext filter, which the test picture needs'],
  [/Cannot allocate memory/u, 'out of memory'],
];

export function describeExit(
  exit: ChildExit,
  limits: { stallMs: number; startTimeoutMs: number; frames: number },
): string {
  if (exit.reason === 'stopped') return 'stopped';
  if (exit.reason === 'spawn_failed') return 'ffmpeg could not be started: is it installed?';
  if (exit.reason === 'timed_out') {
    const waitedMs = limits.frames > 0 ? limits.stallMs : limits.startTimeoutMs;
    return `no frames for ${formatSeconds(waitedMs)} s`;
  }
  const known = findKnownReason(exit.stderrTail);
  if (known !== undefined) return known;
  if (exit.signal === 'SIGKILL') return 'ffmpeg was killed';
  if (exit.signal !== null) return `ffmpeg was ended by ${exit.signal}`;
  const last = lastError(exit.stderrTail);
  if (last !== undefined) return `ffmpeg ended: ${last}`;
  return exit.code === 0 ? 'the device ended its stream' : `ffmpeg ended with code ${exit.code ?? 'unknown'}`;
}

function findKnownReason(lines: string[]): string | undefined {
  const text = lines.join('\n');
  return PATTERNS.find(([pattern]) => pattern.test(text))?.[1];
}

/** The last line that isn't a mere warning, without ffmpeg's `[part @ address] [level]`. */
function lastError(lines: string[]): string | undefined {
  const line = lines.findLast((text) => !text.includes('[warning]'));
  return line === undefined ? undefined : redactUrls(line.replace(/^(\[[^\]]*\]\s*)+/u, '')).slice(0, 200);
}

function formatSeconds(ms: number): string {
  return String(Math.round(ms / 100) / 10);
}
