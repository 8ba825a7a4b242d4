import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEntry } from '@mediamtx-camera-service/protocol';
import { runCli, Service, TempDir, until } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRawDatabase } from '../../src/store/database.ts';

let service: Service;
let dir: TempDir;
beforeAll(async () => {
  dir = await TempDir.create();
  service = await Service.start({ testCameras: 1 });
});
afterAll(async () => {
  await service?.[Symbol.asyncDispose]();
  await dir?.[Symbol.asyncDispose]();
});

async function cli(words: string[], { input, fails = false }: { input?: string; fails?: boolean } = {}) {
  const { code, stdout, stderr } = await runCli(
    [...words, '--data-dir', service.dataDir],
    process.env,
    input,
  );
  expect(stderr).not.toContain('audit log');
  expect(code, stderr).toBe(fails ? 1 : 0);
  return stdout.trim();
}

interface Written {
  id: number;
  method: string;
}

function rows(): Written[] {
  const db = openRawDatabase(join(service.dataDir, 'camera-service.db'));
  const all = db.prepare('SELECT * FROM audit ORDER BY id').all();
  db.close();
  return all.map((row) => ({ ...(row as Written) }));
}

function lines(): Written[] {
  const audit = join(service.dataDir, 'audit');
  const texts = readdirSync(audit)
    .sort()
    .map((name) => readFileSync(join(audit, name), 'utf8'));
  return texts
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { time, ...rest } = JSON.parse(line) as { id: number; time: string; method: string };
      return { ...rest, time: Date.parse(time) };
    });
}

/** The service notices by itself, without an entry of its own. */
const untilFollowed = (what: string) =>
  until(() => lines().at(-1)?.id === rows().at(-1)?.id, { what: `the lines after ${what}` });

test('what the command line does beside the running service is told by it', async () => {
  await cli(['user', 'add', 'ann', '--role', 'viewer'], { input: 'a good password\n' });
  await cli(['user', 'set', 'ann', '--role', 'operator']);
  await cli(['user', 'set-password', 'ann'], { input: 'another good password\n' });
  await cli(['user', 'list']);
  await cli(['user', 'remove', 'nobody'], { fails: true });
  await cli(['user', 'remove', 'ann']);
  const list = async () => JSON.parse(await cli(['key', 'list', '--json'])) as { key_id: string }[];
  await cli(['key', 'create', 'door', '--role', 'viewer']);
  const [{ key_id: keyId }] = (await list()) as [{ key_id: string }];
  await cli(['key', 'rotate', keyId]);
  await cli(['key', 'revoke', keyId]);
  await cli(['link']);
  await cli(['config', 'show']);
  await cli(['backup', '--to', dir.join('b.tar.gz')]);
  await untilFollowed('commands');
  expect(lines()).toEqual(rows());

  await using admin = await service.rawClient('admin');
  const { entries } = await admin.result<{ entries: AuditEntry[] }>('get_audit_log', { limit: 1000 });
  const commands = entries.filter(({ identity_kind: kind }) => kind === 'cli').toReversed();
  expect(commands.map(({ method, outcome }) => `${method} ${outcome}`)).toEqual([
    ...['create_user ok', 'set_user ok', 'set_user ok', 'delete_user failed', 'delete_user ok'],
    ...['create_api_key ok', 'rotate_api_key ok', 'revoke_api_key ok', 'camera-service link ok'],
    ...['camera-service backup ok', 'camera-service token create ok'],
  ]);
  const [{ who }] = commands as [AuditEntry];
  expect(who).toMatch(/^cli:./);
  for (const entry of commands)
    expect(entry).toMatchObject({ who, role: 'admin', key_id: null, remote_address: 'local', device: null });
  const { total } = await admin.result<{ total: number }>('get_audit_log', { user: who });
  expect(total).toBe(commands.length);
});

test('many programs and the service that write at once leave neither a hole nor an entry twice', async () => {
  await using viewer = await service.rawClient('viewer');
  const before = rows().length;
  const refused = async () => {
    for (let n = 0; n < 200; n += 1) await viewer.call('delete_snapshot', { filename: 'none.jpg' });
  };
  const programs = Array.from({ length: 5 }, (_value, at) =>
    cli(['key', 'create', `n${at}`, '--role', 'viewer']),
  );
  await Promise.all([refused(), ...programs]);
  await untilFollowed('all of them');
  expect(lines()).toEqual(rows());
  expect(rows().map(({ id }) => id)).toEqual(Array.from({ length: before + 205 }, (_value, at) => at + 1));
});

test('what it does while no service runs becomes lines at the next start', async () => {
  await service.stop();
  await cli(['secret', 'rotate']);
  await cli(['token', 'create', '--role', 'viewer']);
  await service.startAgain();
  await untilFollowed('the start');
  expect(lines()).toEqual(rows());
  expect(lines().slice(-2)).toMatchObject([
    { method: 'camera-service secret rotate' },
    { method: 'camera-service token create' },
  ]);
});

test('a restore is in the log that it brings, and its line comes after those that were there', async () => {
  await service.stop();
  await cli(['token', 'create', '--role', 'viewer']);
  const before = lines();
  await cli(['restore', dir.join('b.tar.gz'), '--force']);
  await cli(['user', 'add', 'bob', '--role', 'viewer'], { input: 'a good password\n' });
  await service.startAgain();
  await using admin = await service.rawClient('admin');
  await admin.result('list_users');
  await untilFollowed('the start');
  const after = lines();
  // The token's entry went with the database that was replaced.
  expect(after.slice(0, before.length)).toEqual(before);
  const added = after.slice(before.length);
  expect(added.map(({ method }) => method)).toEqual([
    ...['camera-service restore', 'create_user', 'camera-service token create', 'authenticate'],
  ]);
  expect(rows().slice(-4)).toEqual(added);
  expect(added.map(({ id }) => id)).toEqual([1, 2, 3, 4].map((n) => before.at(-1)!.id + n));
});
