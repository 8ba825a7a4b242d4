import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { existsSync } from 'node:fs';

const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'mediamtx-camera-service');

/** The MediaMTX that the set-up installed. */
export function mediaMtxBinary(): string {
  return firstExisting('mediamtx', [join(cache, 'mediamtx', 'v1.20.1', 'mediamtx')]);
}

/** The ffmpeg that the set-up installed, or the one on PATH. */
export function ffmpegBinary(): string {
  return firstExisting('ffmpeg', [join(cache, 'ffmpeg', 'ffmpeg')]);
}

/** Debian's Chromium, which plays H.264 where a downloaded test browser does not. */
export function chromiumBinary(): string {
  return firstExisting('chromium', ['/usr/bin/chromium']);
}

function firstExisting(name: string, files: string[]): string {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((dir) => join(dir, name));
  const found = [...files, ...onPath].find((file) => existsSync(file));
  if (!found) throw new Error(`${name} is missing: run the set-up (node scripts/setup.mjs test)`);
  return found;
}
