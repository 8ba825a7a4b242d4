import { createReadStream, createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { once } from 'node:events';
import { createGunzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { messageOf } from '../errors.ts';
import { syncDirectory, syncFile } from '../store/atomic-file.ts';
import { BackupError } from './backup-error.ts';
import { manifestName, readManifest, sha256Of, type Manifest } from './manifest.ts';

const maxManifestBytes = 1_000_000;
// Headers and padding of all entries that there can be.
const slackBytes = 1_000_000;

/**
 * Unpacks an archive into an empty directory, and checks each file by the manifest. Only plain files that the manifest
 * names are taken, by their exact names and sizes; anything else refuses the archive. Throws {@link BackupError}.
 */
export async function unpackArchive(file: string, into: string): Promise<Manifest> {
  const unpacking = new Unpacking(into);
  try {
    await unpacking.read(file);
    return await unpacking.check();
  } catch (cause) {
    const error = unpacking.refusal ?? cause;
    await unpacking.abandon();
    const what = error instanceof BackupError ? '' : "can't be read as a backup: ";
    throw new BackupError(`${file}: ${what}${messageOf(error)}`, { cause });
  }
}

class Unpacking {
  readonly #into: string;
  readonly #parser: Parser;
  readonly #written = new Map<string, { out: WriteStream; done: Promise<void> }>();
  #manifest: Manifest | undefined;
  /** The first reason not to take it. */
  refusal: Error | undefined;

  constructor(into: string) {
    this.#into = into;
    this.#parser = new Parser({ strict: true, gzip: false, onReadEntry: (entry) => this.#take(entry) });
    this.#parser.on('error', (error: Error) => (this.refusal ??= error));
  }

  async read(file: string): Promise<void> {
    const packed = createReadStream(file);
    const chunks = packed.pipe(createGunzip());
    packed.once('error', (error) => chunks.destroy(error));
    let size = 0;
    try {
      for await (const chunk of chunks as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > this.#maxBytes) throw new BackupError('it holds more than its manifest names');
        if (!this.#parser.write(chunk) && !this.refusal) await once(this.#parser, 'drain');
        if (this.refusal) throw this.refusal;
      }
    } finally {
      packed.destroy();
    }
    const ended = once(this.#parser, 'end');
    this.#parser.end();
    await ended;
    await Promise.all([...this.#written.values()].map(({ done }) => done));
    if (this.refusal) throw this.refusal;
  }

  /** Nothing is written any more. */
  async abandon(): Promise<void> {
    for (const { out } of this.#written.values()) out.destroy();
    await Promise.allSettled([...this.#written.values()].map(({ done }) => done));
  }

  /** Whether each file is there and is what the manifest says; they are on the disk then. */
  async check(): Promise<Manifest> {
    const manifest = this.#manifest;
    if (!manifest) throw new BackupError(`it has no ${manifestName}`);
    for (const { name, sha256 } of manifest.files) {
      if (!this.#written.has(name)) throw new BackupError(`${name} is missing in it`);
      const path = join(this.#into, name);
      if ((await sha256Of(path)) !== sha256)
        throw new BackupError(`${name} is damaged: its checksum is wrong`);
      await syncFile(path);
      await syncDirectory(dirname(path));
    }
    return manifest;
  }

  get #maxBytes(): number {
    const named = this.#manifest?.files.reduce((sum, { size }) => sum + size, 0) ?? 0;
    return maxManifestBytes + slackBytes + named;
  }

  #take(entry: ReadEntry): void {
    try {
      if (this.refusal) throw this.refusal;
      if (entry.type !== 'File')
        throw new BackupError(`${shown(entry.path)} is no plain file (${entry.type})`);
      if (!this.#manifest) this.#takeManifest(entry);
      else this.#write(entry, this.#manifest);
    } catch (error) {
      this.refusal ??= error as Error;
      entry.resume();
    }
  }

  #takeManifest(entry: ReadEntry): void {
    if (entry.path !== manifestName)
      throw new BackupError(`its first file is ${shown(entry.path)} and not ${manifestName}`);
    if (entry.size > maxManifestBytes) throw new BackupError(`${manifestName} is too big`);
    const chunks: Buffer[] = [];
    entry.on('data', (chunk: Buffer) => chunks.push(chunk));
    // Before the next entry is told.
    entry.on('end', () => {
      try {
        this.#manifest = readManifest(Buffer.concat(chunks).toString());
      } catch (error) {
        this.refusal ??= error as Error;
      }
    });
  }

  #write(entry: ReadEntry, { files }: Manifest): void {
    const named = files.find(({ name }) => name === entry.path);
    if (!named) throw new BackupError(`${shown(entry.path)} is not in its manifest`);
    if (this.#written.has(named.name)) throw new BackupError(`${named.name} is in it twice`);
    if (entry.size !== named.size)
      throw new BackupError(
        `${named.name} has ${entry.size} bytes and not ${named.size}, as the manifest says`,
      );
    // The name is one of those that a manifest may have.
    const path = join(this.#into, named.name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const out = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    const done = finished(out);
    done.catch((error: unknown) => {
      this.refusal ??= new BackupError(`${named.name} can't be unpacked: ${messageOf(error)}`, {
        cause: error,
      });
      // Lets go of a parser that waits for what can't be written.
      entry.unpipe(out);
      entry.resume();
    });
    this.#written.set(named.name, { out, done });
    entry.pipe(out);
  }
}

/** A name that somebody else chose, fit for a message. */
function shown(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}
