// Watches the directory of the nodes, and those below it in which udev names them once it has set their rights.
// These come and go with the devices, so each look calls `watch` again: it takes up what has appeared since, and
// what was made anew under an old name. An event says no more than that it is time to look.
import { statSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';

import { NODE_NAME } from './node-name.ts';

export interface DeviceDirectoriesOptions {
  /** Where the nodes are, /dev. */
  devDir: string;
  onEvent: () => void;
  /** A directory is there and cannot be watched, or is the one that must be there; told once. */
  onRefused: (error: unknown, directory: string) => void;
}

interface Watched {
  watcher: FSWatcher;
  inode: number | undefined;
}

export class DeviceDirectories {
  readonly #options: DeviceDirectoriesOptions;
  readonly #optional: string[];
  readonly #watched = new Map<string, Watched>();
  readonly #refused = new Set<string>();

  constructor(options: DeviceDirectoriesOptions) {
    this.#options = options;
    this.#optional = ['v4l', 'v4l/by-id', 'v4l/by-path'].map((name) => join(options.devDir, name));
  }

  /** Watches what is there; at each call. */
  watch(): void {
    this.#watchOne(this.#options.devDir, true);
    for (const directory of this.#optional) this.#watchOne(directory, false);
  }

  close(): void {
    for (const { watcher } of this.#watched.values()) watcher.close();
    this.#watched.clear();
  }

  #watchOne(directory: string, isRequired: boolean): void {
    const inode = inodeOf(directory);
    const watched = this.#watched.get(directory);
    if (watched !== undefined && watched.inode === inode) return;
    this.#forget(directory);
    if (inode === undefined && !isRequired) return;
    try {
      const watcher = watch(directory, (_event, name) => this.#onEvent(directory, name));
      watcher.on('error', (error) => this.#refuse(directory, error));
      this.#watched.set(directory, { watcher, inode });
      this.#refused.delete(directory);
    } catch (error) {
      this.#refuse(directory, error);
    }
  }

  #onEvent(directory: string, name: string | null): void {
    // The directory of all devices has many others in it.
    const isOther = directory === this.#options.devDir && name !== null && !isAboutVideo(name);
    if (!isOther) this.#options.onEvent();
  }

  #refuse(directory: string, error: unknown): void {
    this.#forget(directory);
    if (this.#refused.has(directory)) return;
    this.#refused.add(directory);
    this.#options.onRefused(error, directory);
  }

  #forget(directory: string): void {
    this.#watched.get(directory)?.watcher.close();
    this.#watched.delete(directory);
  }
}

function inodeOf(directory: string): number | undefined {
  try {
    return statSync(directory).ino;
  } catch {
    return undefined; // not there, or not for us to see
  }
}

function isAboutVideo(name: string): boolean {
  return name === 'v4l' || NODE_NAME.test(name);
}
