import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TempDir, Tmpfs, until } from '@mediamtx-camera-service/testkit';
import { list } from 'tar';
import { describe, expect, test } from 'vitest';
import { BackupError } from '../../src/backup/backup-error.ts';
import { createBackup } from '../../src/backup/create-backup.ts';
import { unpackArchive } from '../../src/backup/read-archive.ts';
import { restoreBackup, verifyBackup } from '../../src/backup/restore.ts';
import { DataDir, DataDirError, dataPaths } from '../../src/lifecycle/data-dir.ts';
import { openRawDatabase } from '../../src/store/database.ts';
import { migrations } from '../../src/store/migrations.ts';
import { archiveOf, fillDataDir, makeBackup, sourcesOf, usersOf, type Entry } from './lab.ts';

async function namesIn(file: string): Promise<string[]> {
  const names: string[] = [];
  await list({ file, onReadEntry: (entry) => void names.push(entry.path) });
  return names;
}

describe('a backup', () => {
  test("of a database that is in use holds what was committed, and is its owner's alone", async () => {
    await using dir = await TempDir.create();
    const root = dir.join('data');
    const db = await fillDataDir(root, 'ada');
    // Still in the journal of a connection that stays open.
    db.exec(
      "INSERT INTO users (name, role, password, generation, created_at, password_changed_at) VALUES ('bob', 'viewer', 'h', 'g', 1, 1)",
    );
    const manifest = await createBackup({ sources: sourcesOf(root), to: dir.join('b.tar.gz') });
    db.close();
    expect(manifest.counts).toMatchObject({ users: 2, recordings: 2 });
    expect(manifest.schema_version).toBe(migrations.length);
    expect(await namesIn(dir.join('b.tar.gz'))).toEqual([
      ...['manifest.json', 'camera-service.db', 'config.yaml', 'secrets/jwt-secret'],
    ]);
    expect((await stat(dir.join('b.tar.gz'))).mode & 0o777).toBe(0o600);
    expect(await readdir(dir.path)).toEqual(['b.tar.gz', 'data']);
    await restoreBackup({ file: dir.join('b.tar.gz'), sources: sourcesOf(dir.join('other')) });
    expect(usersOf(dir.join('other'))).toEqual(['ada', 'bob']);
  });

  test('without secrets has none, also not in its configuration', async () => {
    await using dir = await TempDir.create();
    const root = dir.join('data');
    (await fillDataDir(root, 'ada')).close();
    const to = dir.join('b.tar.gz');
    const manifest = await createBackup({ sources: sourcesOf(root), to, withoutSecrets: true });
    expect(manifest.has_secrets).toBe(false);
    await mkdir(dir.join('out'));
    await unpackArchive(to, dir.join('out'));
    expect((await readdir(dir.join('out'))).toSorted()).toEqual(['camera-service.db', 'config.yaml']);
    expect(await readFile(dir.join('out', 'config.yaml'), 'utf8')).toBe('# of ada\ncamera:\n  linger: 33\n');
  });

  test('replaces no file, and needs a database', async () => {
    await using dir = await TempDir.create();
    await writeFile(dir.join('b.tar.gz'), 'mine');
    const sources = sourcesOf(dir.join('data'));
    await expect(createBackup({ sources, to: dir.join('b.tar.gz') })).rejects.toThrow(/exists already/);
    await expect(createBackup({ sources, to: dir.join('c.tar.gz') })).rejects.toThrow(/no database/);
    await expect(createBackup({ sources, to: dir.join('none', 'c.tar.gz') })).rejects.toThrow(BackupError);
    expect(await readdir(dir.path)).toEqual(['b.tar.gz']);
    expect(await readFile(dir.join('b.tar.gz'), 'utf8')).toBe('mine');
  });

  test('of a database that holds nothing yet is refused, since no restore would take it', async () => {
    await using dir = await TempDir.create();
    await mkdir(dir.join('data'));
    await writeFile(dataPaths(dir.join('data')).database, '');
    const backup = { sources: sourcesOf(dir.join('data')), to: dir.join('b.tar.gz') };
    await expect(createBackup(backup)).rejects.toThrow(/holds nothing yet/);
    expect(await readdir(dir.path)).toEqual(['data']);
  });

  test.each(['manifest.json', 'config.yaml', 'camera-service.db', 'secrets'])(
    'may itself be called %s',
    async (name) => {
      await using dir = await TempDir.create();
      await makeBackup(dir.join('data'), 'ada', dir.join(name));
      expect(await verifyBackup(dir.join(name))).toMatchObject({ counts: { users: 1 } });
    },
  );

  test('is made whatever mistakes the configuration has, where the directory is named', async () => {
    await using dir = await TempDir.create();
    const root = dir.join('data');
    (await fillDataDir(root, 'ada')).close();
    await writeFile(join(root, 'config.yaml'), 'server: [1, 2\n  port: : 5');
    const sources = { ...sourcesOf(root), env: { CAMERA_SERVICE_SERVER_PORT: 'none' } };
    await createBackup({ sources, to: dir.join('b.tar.gz') });
    expect(await namesIn(dir.join('b.tar.gz'))).toContain('config.yaml');
  });

  test('that is cut off by Ctrl-C leaves nothing behind, least of all secrets', async () => {
    await using dir = await TempDir.create();
    const root = dir.join('data');
    const db = await fillDataDir(root, 'ada');
    // Packing so much takes longer than it takes to look.
    db.exec('CREATE TABLE padding AS SELECT randomblob(20000000) AS noise');
    db.close();
    const stop = new AbortController();
    const backup = createBackup({
      sources: sourcesOf(root),
      to: dir.join('b.tar.gz'),
      signal: stop.signal,
    });
    await until(async () => (await readdir(dir.path)).some((name) => name.startsWith('.part-backup-')));
    stop.abort();
    expect(readdirSync(dir.path)).toEqual(['data']);
    await expect(backup).rejects.toThrow(BackupError);
    expect(await readdir(dir.path)).toEqual(['data']);
  });
});

describe('a restore', () => {
  test('into a fresh directory says which files of the catalog are missing', async () => {
    await using dir = await TempDir.create();
    await makeBackup(dir.join('data'), 'ada', dir.join('b.tar.gz'));
    const target = dir.join('other');
    await mkdir(join(target, 'recordings', 'camera0'), { recursive: true });
    await writeFile(join(target, 'recordings', 'camera0', 'ada-b.mp4'), 'picture');
    const result = await restoreBackup({ file: dir.join('b.tar.gz'), sources: sourcesOf(target) });
    expect(result).toMatchObject({
      dataDir: target,
      kept: [],
      configProblems: [],
      missing: { recordings: ['camera0/ada-a.mp4'], snapshots: [] },
    });
    for (const name of ['config.yaml', 'secrets/jwt-secret'])
      expect(await readFile(join(target, name))).toEqual(await readFile(dir.join('data', name)));
    expect((await stat(join(target, 'secrets', 'jwt-secret'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(target, 'secrets'))).mode & 0o777).toBe(0o700);
    expect(usersOf(target)).toEqual(['ada']);
  });

  test('over another one needs --force, and what was there stays under other names', async () => {
    await using dir = await TempDir.create();
    await makeBackup(dir.join('data'), 'ada', dir.join('b.tar.gz'));
    const target = dir.join('other');
    (await fillDataDir(target, 'eve')).close();
    const restore = { file: dir.join('b.tar.gz'), sources: sourcesOf(target) };
    await expect(restoreBackup(restore)).rejects.toThrow(/--force/);
    expect(usersOf(target)).toEqual(['eve']);
    const { kept } = await restoreBackup({ ...restore, force: true });
    expect(usersOf(target)).toEqual(['ada']);
    expect(await readFile(join(target, 'config.yaml'), 'utf8')).toContain('# of ada');
    expect(kept).toHaveLength(3);
    const old = kept.find((path) => path.includes('camera-service.db'))!;
    expect(old).toMatch(/camera-service\.db\.before-restore-\d{8}T\d{6}Z$/);
    const db = openRawDatabase(old);
    expect(db.prepare('SELECT name FROM users').all()).toEqual([{ name: 'eve' }]);
    db.close();
  });

  test('keeps the journal of the old database with it, and not with the new one', async () => {
    await using dir = await TempDir.create();
    await makeBackup(dir.join('data'), 'ada', dir.join('b.tar.gz'));
    const target = dir.join('other');
    // As a kill leaves it: the newest changes are in the journal alone.
    const db = await fillDataDir(target, 'eve');
    const { database } = dataPaths(target);
    const left = await Promise.all([database, `${database}-wal`].map((path) => readFile(path)));
    db.close();
    await writeFile(database, left[0]!);
    await writeFile(`${database}-wal`, left[1]!);
    const restore = { file: dir.join('b.tar.gz'), sources: sourcesOf(target), force: true };
    const { kept } = await restoreBackup(restore);
    expect(usersOf(target)).toEqual(['ada']);
    const old = openRawDatabase(kept.find((path) => /\.db\.before-restore-\w+$/.test(path))!);
    expect(old.prepare('SELECT name FROM users').all()).toEqual([{ name: 'eve' }]);
    old.close();
  });

  test('takes up no recording that ran when the backup was made', async () => {
    await using dir = await TempDir.create();
    const db = await fillDataDir(dir.join('data'), 'ada');
    db.exec(
      `INSERT INTO recording_sessions (session_id, device, filename, format, started_at, state)
       VALUES ('s', 'camera0', 'running.mp4', 'mp4', 1, 'recording')`,
    );
    await createBackup({ sources: sourcesOf(dir.join('data')), to: dir.join('b.tar.gz') });
    db.close();
    await restoreBackup({ file: dir.join('b.tar.gz'), sources: sourcesOf(dir.join('other')) });
    const restored = openRawDatabase(dataPaths(dir.join('other')).database);
    expect(restored.prepare('SELECT * FROM recording_sessions').all()).toEqual([]);
    restored.close();
  });

  test('twice in one second keeps what both have replaced', async () => {
    await using dir = await TempDir.create();
    await makeBackup(dir.join('data'), 'ada', dir.join('b.tar.gz'));
    const target = dir.join('other');
    (await fillDataDir(target, 'eve')).close();
    const restore = { file: dir.join('b.tar.gz'), sources: sourcesOf(target), force: true };
    const runs = [await restoreBackup(restore), await restoreBackup(restore), await restoreBackup(restore)];
    const kept = runs.flatMap((run) => run.kept);
    expect(new Set(kept).size).toBe(9);
    for (const path of kept) expect(existsSync(path)).toBe(true);
  });

  test('of a file that is not there makes nothing', async () => {
    await using dir = await TempDir.create();
    const restore = { file: dir.join('none.tar.gz'), sources: sourcesOf(dir.join('other')) };
    await expect(restoreBackup(restore)).rejects.toThrow(/none\.tar\.gz can't be read \(ENOENT\)/);
    expect(await readdir(dir.path)).toEqual([]);
  });

  test('onto a full disk says so, and not that the backup is bad; nothing is left of it', async () => {
    await using dir = await TempDir.create();
    await makeBackup(dir.join('data'), 'ada', dir.join('b.tar.gz'));
    await using disk = await Tmpfs.mount(128 * 1024);
    const restore = { file: dir.join('b.tar.gz'), sources: sourcesOf(disk.join('data')) };
    await expect(restoreBackup(restore)).rejects.toThrow(/camera-service\.db can't be unpacked: ENOSPC/);
    expect(existsSync(disk.join('data', '.restore'))).toBe(false);
  });

  test('is refused while a service has the directory', async () => {
    await using dir = await TempDir.create();
    await makeBackup(dir.join('data'), 'ada', dir.join('b.tar.gz'));
    const held = DataDir.acquire(dir.join('data'));
    const restore = { file: dir.join('b.tar.gz'), sources: sourcesOf(dir.join('data')), force: true };
    await expect(restoreBackup(restore)).rejects.toThrow(DataDirError);
    held.release();
    await restoreBackup(restore);
  });

  test('of an older schema brings the database to the present one', async () => {
    await using dir = await TempDir.create();
    const root = dir.join('data');
    await mkdir(root);
    const db = openRawDatabase(dataPaths(root).database);
    db.exec(migrations[0]!);
    db.exec(
      "PRAGMA user_version = 1; INSERT INTO cameras VALUES (0, 'usb', 'Cam', 'x', '{}', 'NONE', NULL, 1, 1)",
    );
    db.close();
    await createBackup({ sources: sourcesOf(root), to: dir.join('b.tar.gz') });
    const { manifest } = await restoreBackup({
      file: dir.join('b.tar.gz'),
      sources: sourcesOf(dir.join('other')),
    });
    expect(manifest).toMatchObject({ schema_version: 1, counts: { cameras: 1, users: 0 } });
    const restored = openRawDatabase(dataPaths(dir.join('other')).database);
    expect(restored.prepare('PRAGMA user_version').get()).toEqual({ user_version: migrations.length });
    restored.close();
  });

  test('with a configuration that says where the data is, needs a place for it', async () => {
    await using dir = await TempDir.create();
    const config = dir.join('mine.yaml');
    await writeFile(config, `storage:\n  data_dir: ${dir.join('data')}\ncamera:\n  linger: 12\n`);
    (await fillDataDir(dir.join('data'), 'ada')).close();
    await createBackup({ sources: { file: config, env: {} }, to: dir.join('b.tar.gz') });
    const file = dir.join('b.tar.gz');
    await expect(restoreBackup({ file, sources: sourcesOf(dir.join('other')) })).rejects.toThrow(/--config/);
    expect(await readdir(dir.join('other'))).not.toContain('camera-service.db');
    const placed = { ...sourcesOf(dir.join('other')), file: dir.join('placed.yaml') };
    const { configProblems } = await restoreBackup({ file, sources: placed });
    expect(configProblems).toEqual([expect.stringContaining(dir.join('data'))]);
    expect(await readFile(dir.join('placed.yaml'), 'utf8')).toBe(await readFile(config, 'utf8'));
    expect((await readdir(dir.path)).toSorted()).toEqual([
      'b.tar.gz',
      'data',
      'mine.yaml',
      'other',
      'placed.yaml',
    ]);
  });
});

async function goodParts(dir: TempDir): Promise<{ manifest: Entry; database: Entry; others: Entry[] }> {
  await makeBackup(dir.join('data'), 'ada', dir.join('b.tar.gz'));
  await mkdir(dir.join('parts'));
  const manifest = await unpackArchive(dir.join('b.tar.gz'), dir.join('parts'));
  const entry = async (path: string): Promise<Entry> => ({
    path,
    data: await readFile(dir.join('parts', path)),
  });
  return {
    manifest: { path: 'manifest.json', data: JSON.stringify(manifest) },
    database: await entry('camera-service.db'),
    others: await Promise.all(['config.yaml', 'secrets/jwt-secret'].map(entry)),
  };
}

function rewritten(entry: Entry, change: (manifest: Record<string, unknown>) => void): Entry {
  const manifest = JSON.parse(String(entry.data)) as Record<string, unknown>;
  change(manifest);
  return { ...entry, data: JSON.stringify(manifest) };
}

async function expectRefused(dir: TempDir, archive: Buffer, words: RegExp): Promise<void> {
  const file = dir.join('bad.tar.gz');
  await writeFile(file, archive);
  const target = dir.join('target');
  (await fillDataDir(target, 'eve')).close();
  const before = await readdir(target, { recursive: true });
  const restoring = restoreBackup({ file, sources: sourcesOf(target), force: true });
  await expect(restoring).rejects.toThrow(BackupError);
  await expect(restoring).rejects.toThrow(words);
  await expect(verifyBackup(file)).rejects.toThrow(words);
  expect(usersOf(target)).toEqual(['eve']);
  const after = await readdir(target, { recursive: true });
  expect(after.filter((name) => !/^(run|audit|snapshots|cache)/.test(name)).toSorted()).toEqual(
    before.toSorted(),
  );
}

describe('an archive is refused, and nothing is touched, where', () => {
  test('nothing is wrong with it: it is taken', async () => {
    await using dir = await TempDir.create();
    const { manifest, database, others } = await goodParts(dir);
    await writeFile(dir.join('good.tar.gz'), archiveOf([manifest, database, ...others]));
    expect((await verifyBackup(dir.join('good.tar.gz'))).counts).toMatchObject({ users: 1 });
  });

  const evil: [what: string, entry: Entry, words: RegExp][] = [
    ['a name leads out of it', { path: '../evil', data: 'x' }, /"\.\.\/evil" is not in its manifest/],
    ['a name is absolute', { path: '/etc/passwd', data: 'x' }, /passwd" is not in its manifest/],
    ['a name hides a way out', { path: 'secrets/../../evil', data: 'x' }, /is not in its manifest/],
    [
      'there is a symbolic link',
      { path: 'secrets/a', type: 'SymbolicLink', linkpath: '/etc/shadow' },
      /no plain file/,
    ],
    ['there is a hard link', { path: 'config.yaml', type: 'Link', linkpath: '/etc/shadow' }, /no plain file/],
    ['there is a directory', { path: 'secrets/', type: 'Directory' }, /no plain file/],
    ['there is a device', { path: 'config.yaml', type: 'CharacterDevice' }, /no plain file/],
    ['there is one file more', { path: 'recordings/camera0/a.mp4', data: 'x' }, /is not in its manifest/],
  ];

  test.each(evil)('%s', async (_what, entry, words) => {
    await using dir = await TempDir.create();
    const { manifest, database, others } = await goodParts(dir);
    await expectRefused(dir, archiveOf([manifest, entry, database, ...others]), words);
  });

  test.each<
    [
      what: string,
      build: (parts: { manifest: Entry; database: Entry; others: Entry[] }) => Entry[],
      words: RegExp,
    ]
  >([
    [
      'a file is there twice',
      ({ manifest, database, others }) => [manifest, database, database, ...others],
      /twice/,
    ],
    [
      'the manifest is not first',
      ({ manifest, database, others }) => [database, manifest, ...others],
      /first file/,
    ],
    ['there is no manifest', () => [], /no manifest|can't be read/],
    ['a file is missing', ({ manifest, database }) => [manifest, database], /is missing/],
    [
      'a file has another size',
      ({ manifest, database, others }) => [
        manifest,
        database,
        { ...others[0]!, data: 'camera: {}\n' },
        others[1]!,
      ],
      /bytes and not/,
    ],
    [
      'a file was changed',
      ({ manifest, database, others }) => [
        manifest,
        database,
        { ...others[0]!, data: Buffer.from(String(others[0]!.data).replace('33', '34')) },
        others[1]!,
      ],
      /config\.yaml is damaged/,
    ],
    [
      'the manifest names a way out',
      ({ manifest, database }) => [
        rewritten(
          manifest,
          (value) => void (value['files'] = [{ name: '../evil', size: 1, sha256: '0'.repeat(64) }]),
        ),
        database,
      ],
      /manifest\.json: files\.0\.name/,
    ],
    [
      'the manifest is no JSON',
      ({ database }) => [{ path: 'manifest.json', data: '{' }, database],
      /not JSON/,
    ],
    [
      'the manifest is huge',
      ({ database }) => [{ path: 'manifest.json', data: Buffer.alloc(1_000_001, 32) }, database],
      /too big/,
    ],
    [
      'the manifest is of another format',
      ({ manifest, database }) => [rewritten(manifest, (value) => void (value['format'] = 2)), database],
      /format/,
    ],
    [
      'it is of a newer version',
      ({ manifest, database, others }) => [
        rewritten(manifest, (value) => Object.assign(value, { schema_version: 99, version: '9.9.9' })),
        database,
        ...others,
      ],
      /newer version of the service \(9\.9\.9/,
    ],
    [
      'it holds less than it says',
      ({ manifest, database, others }) => [
        rewritten(manifest, (value) => Object.assign(value['counts'] as object, { users: 5 })),
        database,
        ...others,
      ],
      /does not hold what the manifest says/,
    ],
  ])('%s', async (_what, build, words) => {
    await using dir = await TempDir.create();
    await expectRefused(dir, archiveOf(build(await goodParts(dir))), words);
  });

  test('its database is damaged, whatever its checksum says', async () => {
    await using dir = await TempDir.create();
    const { manifest, database, others } = await goodParts(dir);
    const damaged = Buffer.from(database.data as Buffer);
    damaged.fill(0xff, 4096, 4096 * 12);
    const named = rewritten(manifest, (value) => {
      const [first] = value['files'] as { sha256: string }[];
      first!.sha256 = createHash('sha256').update(damaged).digest('hex');
    });
    await expectRefused(
      dir,
      archiveOf([named, { ...database, data: damaged }, ...others]),
      /camera-service\.db/,
    );
  });

  test('it unpacks to more than it says', async () => {
    await using dir = await TempDir.create();
    const { manifest, database, others } = await goodParts(dir);
    const bomb: Entry = { path: 'pad', data: Buffer.alloc(50_000_000) };
    await expectRefused(
      dir,
      archiveOf([manifest, database, ...others, bomb]),
      /not in its manifest|more than its manifest/,
    );
  });

  test('a header says more than there is', async () => {
    await using dir = await TempDir.create();
    const { manifest, database } = await goodParts(dir);
    await expectRefused(dir, archiveOf([{ ...manifest, size: 10_000_000_000 }, database]), /too big/);
  });

  test.each([0, 0.3, 0.9, 0.999])('it was cut off after %d of it', async (part) => {
    await using dir = await TempDir.create();
    await makeBackup(dir.join('data'), 'ada', dir.join('b.tar.gz'));
    const { size } = await stat(dir.join('b.tar.gz'));
    await truncate(dir.join('b.tar.gz'), Math.floor(size * part));
    await expectRefused(dir, await readFile(dir.join('b.tar.gz')), /bad\.tar\.gz: /);
  });

  test('any byte of it is another one', async () => {
    await using dir = await TempDir.create();
    await makeBackup(dir.join('data'), 'ada', dir.join('b.tar.gz'));
    const whole = await readFile(dir.join('b.tar.gz'));
    await chmod(dir.join('b.tar.gz'), 0o600);
    // Beyond the header of gzip, whose time and system nobody checks, and before its last bytes.
    for (let at = 20; at < whole.length; at += Math.ceil(whole.length / 40)) {
      const changed = Buffer.from(whole);
      changed[at]! ^= 0xff;
      await writeFile(dir.join('b.tar.gz'), changed);
      await expect(verifyBackup(dir.join('b.tar.gz'))).rejects.toThrow(BackupError);
    }
  });
});
