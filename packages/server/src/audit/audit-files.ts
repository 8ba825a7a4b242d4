import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

const namePattern = /^audit-(\d{4}-\d{2}-\d{2})\.jsonl$/;
/** More than the last lines of a file take. */
const tailBytes = 16 * 1024;

/** One file of JSON lines a day (UTC). A line that could not be written whole is taken back, so that each is complete. */
export class AuditFiles {
  readonly #dir: string;
  #open: { day: string; fd: number } | undefined;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Adds lines, each with its line end, to the file of a day. Throws where they can't be written. */
  append(day: string, lines: string): void {
    const fd = this.#fileOf(day);
    const bytes = Buffer.from(lines);
    let written = 0;
    try {
      written = writeSync(fd, bytes);
    } finally {
      if (written < bytes.length) this.#takeBack(fd, written);
    }
    if (written < bytes.length)
      throw Object.assign(new Error('there was no room for the whole line'), { code: 'ENOSPC' });
  }

  /** The greatest `id` among the last lines of all files; 0 where there is none. A torn line at an end is cut off. */
  lastId(): number {
    return Math.max(0, ...this.#days().map((day) => this.#lastIdOf(day)));
  }

  /** Deletes the files of days before this one. */
  deleteBefore(day: string): void {
    for (const old of this.#days().filter((present) => present < day))
      rmSync(this.#path(old), { force: true });
  }

  close(): void {
    if (this.#open) closeSync(this.#open.fd);
    this.#open = undefined;
  }

  #fileOf(day: string): number {
    if (this.#open?.day === day) return this.#open.fd;
    this.close();
    mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    this.#open = { day, fd: openSync(this.#path(day), 'a', 0o600) };
    return this.#open.fd;
  }

  #takeBack(fd: number, written: number): void {
    if (written > 0) ftruncateSync(fd, fstatSync(fd).size - written);
    this.close();
  }

  #lastIdOf(day: string): number {
    const fd = openSync(this.#path(day), 'r+');
    try {
      const { size } = fstatSync(fd);
      const tail = Buffer.alloc(Math.min(size, tailBytes));
      readSync(fd, tail, 0, tail.length, size - tail.length);
      const end = tail.lastIndexOf('\n') + 1;
      if (end < tail.length) ftruncateSync(fd, size - (tail.length - end));
      const lines = tail.subarray(0, end).toString().split('\n');
      return lines.map(idOf).findLast((id) => id !== undefined) ?? 0;
    } finally {
      closeSync(fd);
    }
  }

  #days(): string[] {
    mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    return readdirSync(this.#dir).flatMap((name) => namePattern.exec(name)?.[1] ?? []);
  }

  #path(day: string): string {
    return join(this.#dir, `audit-${day}.jsonl`);
  }
}

function idOf(line: string): number | undefined {
  try {
    const { id } = JSON.parse(line) as { id?: unknown };
    return typeof id === 'number' ? id : undefined;
  } catch {
    // A line that somebody else wrote, or the rest of one that began before what was read.
    return undefined;
  }
}

/** `2026-01-31`, in UTC. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
