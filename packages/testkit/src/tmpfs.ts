import { execFile } from 'node:child_process';
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

  async makeReadOnly(): Promise<void> {
    await run('mount', ['-o', 'remount,ro', this.path]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Lazily: a program that a failed test left open must not keep the mount.
    await run('umount', ['-l', this.path]);
    await this.#dir[Symbol.asyncDispose]();
  }
}
