import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { createBackup } from '../../src/backup/create-backup.ts';
import type { ConfigSources } from '../../src/config/load.ts';
import { dataPaths } from '../../src/lifecycle/data-dir.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';

export function sourcesOf(root: string): ConfigSources {
  return { env: {}, flags: { 'storage.data_dir': root } };
}

/** A data directory as a service leaves it, with something of its own in each part; its database is open. */
export async function fillDataDir(root: string, mark: string): Promise<Database> {
  await mkdir(join(root, 'secrets'), { recursive: true });
  await mkdir(join(root, 'recordings', 'camera0'), { recursive: true });
  await writeFile(join(root, 'secrets', 'jwt-secret'), `${mark}-`.padEnd(32, 's'));
  await writeFile(
    join(root, 'config.yaml'),
    `# of ${mark}\nsecurity:\n  jwt_secret: ${mark}-${'j'.repeat(32)}\ncamera:\n  linger: 33\n`,
  );
  const db = openDatabase(dataPaths(root).database);
  db.prepare(
    `INSERT INTO users (name, role, password, generation, created_at, password_changed_at)
     VALUES (?, 'admin', 'hash', 'g', 1, 1)`,
  ).run(mark);
  for (const name of ['a.mp4', 'b.mp4'])
    db.prepare(
      `INSERT INTO recordings (filename, session_id, device, format, size, duration_ms, start_at, end_at, created_at, protected)
       VALUES (?, ?, 'camera0', 'mp4', 1, 1, 1, 2, 3, 1)`,
    ).run(`${mark}-${name}`, name);
  await writeFile(join(root, 'recordings', 'camera0', `${mark}-a.mp4`), 'picture');
  return db;
}

export function usersOf(root: string): string[] {
  const db = openDatabase(dataPaths(root).database);
  try {
    return (db.prepare('SELECT name FROM users').all() as { name: string }[]).map(({ name }) => name);
  } finally {
    db.close();
  }
}

/** A backup of a directory that it fills and leaves. */
export async function makeBackup(root: string, mark: string, to: string): Promise<void> {
  const db = await fillDataDir(root, mark);
  await createBackup({ sources: sourcesOf(root), to });
  db.close();
}

export interface Entry {
  path: string;
  data?: Buffer | string;
  type?: 'File' | 'SymbolicLink' | 'Link' | 'Directory' | 'CharacterDevice';
  linkpath?: string;
  /** What its header says, where that is not so. */
  size?: number;
}

/** An archive of any entries, as no tool would write them. */
export function archiveOf(entries: Entry[]): Buffer {
  const blocks = entries.flatMap(({ path, data = '', type = 'File', linkpath = '', size }) => {
    const body = Buffer.from(data);
    const header = new Header({
      path,
      type,
      linkpath,
      mode: 0o644,
      size: size ?? body.length,
      mtime: new Date(0),
    });
    const block = Buffer.alloc(512);
    header.encode(block);
    return [block, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

/** Bytes that no packing makes smaller. */
export function noise(length: number): Buffer {
  return randomBytes(length);
}
