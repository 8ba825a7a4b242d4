import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { TempDir } from './temp-dir.ts';

const run = promisify(execFile);

/** A small disk in memory, to be filled up or made read-only. Needs root. */
export class Tmpfs implements AsyncDisposable {
  readonly #dir: TempDir;

  private constructor(dir: TempDir) {
    this.#dir = dir;
  }

  static async mount(sizeBytes: number): Promise<Tmpfs> {
    const dir = await TempDir.create();
    await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs', dir.path]);
    return new Tmpfs(dir);
  }

  get path(): string {
    return this.#dir.path;
  }

  join(...parts: string[]): string {
    return this.#dir.join(...parts);
  }

  /** Fills it up, but for so many bytes; the file that does it, to be removed. */
  async fill(leftBytes = 0): Promise<string> {
    const filler = this.join('filler');
    const file = await open(filler, 'w');
    let size = 0;
    try {
      // Others may write meanwhile, so there is no telling before how much goes in.
      for (const chunk of [65_536, 4_096, 1]) {
        for (let written = chunk; written === chunk; size += written) {
          written = await file.write(Buffer.alloc(chunk)).then(({ bytesWritten }) => bytesWritten, noRoom);
        }
      }
      await file.truncate(Math.max(0, size - leftBytes));
    } finally {
      await file.close();
    }
    return filler;
  }

  async makeReadOnly(): Promise<void> {
    await run('mount', ['-o', 'remount,ro', this.path]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Lazily: a program that a failed test left open must not keep the mount.
    await run('umount', ['-l', this.path]);
    await this.#dir[Symbol.asyncDispose]();
  }
}

function noRoom(error: NodeJS.ErrnoException): 0 {
  if (error.code !== 'ENOSPC') throw error;
  return 0;
}
