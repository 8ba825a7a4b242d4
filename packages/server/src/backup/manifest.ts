import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { describeIssue } from '../schema-issue.ts';
import { openRawDatabase, type Database } from '../store/database.ts';
import { BackupError } from './backup-error.ts';

export const manifestName = 'manifest.json';
export const databaseName = 'camera-service.db';
export const configName = 'config.yaml';
export const secretsPrefix = 'secrets/';

/** Nothing else is in an archive: no path leads out of the directory that it is unpacked into. */
const fileName = z
  .string()
  .regex(/^(camera-service\.db|config\.yaml|secrets\/[A-Za-z0-9][A-Za-z0-9._-]{0,99})$/);

export const countedTables = ['users', 'api_keys', 'cameras', 'recordings', 'snapshots', 'events'] as const;

const count = z.int().min(0);

const manifestSchema = z.strictObject({
  format: z.literal(1),
  version: z.string().max(100),
  schema_version: z.int().min(1),
  created_at: z.iso.datetime(),
  has_secrets: z.boolean(),
  files: z
    .array(
      z.strictObject({
        name: fileName,
        size: z.int().min(0),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .min(1)
    .max(64),
  counts: z.strictObject({
    users: count,
    api_keys: count,
    cameras: count,
    recordings: count,
    snapshots: count,
    events: count,
  }),
});

/** What an archive says of itself; its first entry. */
export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestFile = Manifest['files'][number];

/** Throws {@link BackupError} with what is wrong. */
export function readManifest(text: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BackupError(`${manifestName} is not JSON: this is no backup of the service, or it is damaged`);
  }
  const { data, error } = manifestSchema.safeParse(value);
  if (!data) {
    const issue = error.issues[0]!;
    throw new BackupError(`${manifestName}: ${issue.path.join('.')} ${describeIssue(issue).problem}`);
  }
  const names = data.files.map(({ name }) => name);
  if (new Set(names).size !== names.length) throw new BackupError(`${manifestName} names a file twice`);
  if (!names.includes(databaseName)) throw new BackupError(`${manifestName} names no ${databaseName}`);
  return data;
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Of a database as it is; tables that its schema has not yet count as empty. */
export function describeDatabase(file: string): Pick<Manifest, 'schema_version' | 'counts'> {
  const db = openRawDatabase(file);
  try {
    const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
    const counts = Object.fromEntries(countedTables.map((table) => [table, countRows(db, table)]));
    return { schema_version: version, counts: counts as Manifest['counts'] };
  } finally {
    db.close();
  }
}

function countRows(db: Database, table: string): number {
  const known = db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table);
  if (!known) return 0;
  return (db.prepare(`SELECT COUNT(*) AS n FROM ${table}`).get() as { n: number }).n;
}
