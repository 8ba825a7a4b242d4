// Small shell scripts stand in for MediaMTX and ffmpeg where a test is about choosing between versions, damaged
// files or failing tools: old and broken releases cannot be had everywhere, and only their --version is asked.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export type Sandbox = AsyncDisposable & {
  readonly directory: string;
  /** An environment whose PATH and cache are in the sandbox; more directories go behind PATH. */
  env(more?: Record<string, string>): Record<string, string>;
  /** Writes a shell script, with its directories, and returns its path. */
  program(path: string, body: string): Promise<string>;
};

/** The place of the installed MediaMTX in a sandbox. */
export const CACHED_MEDIAMTX = 'cache/mediamtx-camera-service/mediamtx/v1.20.1/mediamtx';
export const CACHED_FFMPEG = 'cache/mediamtx-camera-service/ffmpeg/ffmpeg';

export async function createSandbox(): Promise<Sandbox> {
  const directory = await mkdtemp(join(tmpdir(), 'install-test-'));
  return {
    directory,
    env: (more = {}) => ({
      PATH: `${join(directory, 'first')}:${join(directory, 'second')}`,
      HOME: directory,
      XDG_CACHE_HOME: join(directory, 'cache'),
      GOROOT: join(directory, 'no-go'),
      ...more,
    }),
    program: async (path, body) => {
      const file = join(directory, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `#!/bin/sh\n${body}\n`);
      await chmod(file, 0o755);
      return file;
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

/** What a MediaMTX of that version answers to --version. */
export function mediaMtxOf(version: string): string {
  return `echo v${version}`;
}

/** What an ffmpeg of that version answers to -version. */
export function ffmpegOf(version: string): string {
  return `echo "ffmpeg version ${version} Copyright (c) 2000-2026 the FFmpeg developers"`;
}
