import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { cliMain, Program, runCli, TempDir, until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { openDatabase } from '../../dist/store/database.js';
import { dataPaths } from '../../dist/lifecycle/data-dir.js';

test.each([
  [[], /Usage: camera-service /],
  [['key'], /Usage: camera-service key /],
  [['frobnicate'], /unknown command 'frobnicate'\n\(camera-service --help tells more\)/],
  [['user', 'frobnicate'], /\(camera-service user --help tells more\)/],
  [['backup'], /'--to <file>' not specified\n\(camera-service backup --help tells more\)/],
  [['backup', '--to'], /argument missing\n\(camera-service backup --help tells more\)/],
  [['token', 'create', '--role', 'god'], /viewer, operator, admin\.\n\(camera-service token create --help/],
  [['serve', '--nope'], /unknown option '--nope'\n\(camera-service serve --help tells more\)/],
])('%j is called wrongly: code 2, and where to read on', async (args, words) => {
  const { code, stdout, stderr } = await runCli(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(words);
});

test.each([['--help'], ['backup', '--help'], ['help', 'key'], ['--version']])(
  '%s %s is told on standard output, without colours, with code 0',
  async (...args) => {
    const { code, stdout, stderr } = await runCli(args.filter((arg) => arg !== undefined));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toBe('');
    expect(stdout).not.toContain('\u001b');
  },
);

test('a reader of the output that goes away, and a full disk, end it without a stack', async () => {
  const shell = promisify(execFile);
  const command = `${process.execPath} ${cliMain} config show`;
  const { stderr: ofPipe } = await shell('sh', ['-c', `${command} | true`]);
  expect(ofPipe).toBe('');
  const ofDisk = await shell('sh', ['-c', `${command} >/dev/full`]).catch((error: unknown) => error);
  expect(ofDisk).toMatchObject({
    code: 1,
    stderr: "camera-service: the output can't be written (ENOSPC)\n",
  });
});

test('Ctrl-C in a backup leaves neither an archive nor a copy of the secrets', async () => {
  await using dir = await TempDir.create();
  const data = dir.join('data');
  await mkdir(data);
  const db = openDatabase(dataPaths(data).database);
  // Packing so much takes longer than it takes to look.
  db.exec('CREATE TABLE padding AS SELECT randomblob(60000000) AS noise');
  db.close();
  const args = [cliMain, 'backup', '--data-dir', data, '--to', dir.join('b.tar.gz')];
  await using backup = Program.start({ command: process.execPath, args });
  await until(async () => (await readdir(dir.path)).some((name) => name.startsWith('.part-backup-')));
  backup.kill('SIGINT');
  expect(await backup.exited).toEqual({ code: 130, signal: null });
  expect(backup.stderr).toBe('camera-service: stopped; nothing was changed\n');
  expect(await readdir(dir.path)).toEqual(['data']);
});

test("a ready file that can't be written ends the start in words", async () => {
  await using dir = await TempDir.create();
  const args = ['serve', '--data-dir', dir.join('data'), '--port', '0', '--health-port', '0'];
  const ready = dir.join('nowhere', 'ready.json');
  const { code, stderr } = await runCli([...args, '--test-cameras', '0', '--ready-file', ready]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^camera-service: the ready file can't be written: ENOENT/m);
  expect(stderr).not.toContain('    at ');
});
