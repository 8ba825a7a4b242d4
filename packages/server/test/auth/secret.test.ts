import { execFile } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSecret, loadSecrets, rotateSecret } from '../../src/auth/secret.ts';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'secret-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

function previousFile(): string {
  return join(dataDir, 'secrets', 'jwt-secret.previous');
}

function modeOf(...parts: string[]): number {
  return statSync(join(dataDir, ...parts)).mode & 0o777;
}

it('makes 32 random bytes at the first start and keeps them', () => {
  const secret = loadSecret(dataDir);
  expect(secret).toHaveLength(32);
  expect(loadSecret(dataDir)).toEqual(secret);
  expect(readdirSync(join(dataDir, 'secrets'))).toEqual(['jwt-secret']);
});

it('is another one in another data directory', () => {
  const other = mkdtempSync(join(tmpdir(), 'secret-'));
  expect(loadSecret(other)).not.toEqual(loadSecret(dataDir));
  rmSync(other, { recursive: true });
});

it('lets nobody else read it, also where the mode was loosened', () => {
  loadSecret(dataDir);
  expect([modeOf('secrets'), modeOf('secrets', 'jwt-secret')]).toEqual([0o700, 0o600]);
  chmodSync(join(dataDir, 'secrets'), 0o755);
  chmodSync(join(dataDir, 'secrets', 'jwt-secret'), 0o644);
  loadSecret(dataDir);
  expect([modeOf('secrets'), modeOf('secrets', 'jwt-secret')]).toEqual([0o700, 0o600]);
});

it('prefers the configured one and writes nothing then', () => {
  const configured = 'a secret of more than 32 bytes, configured';
  expect(Buffer.from(loadSecret(dataDir, configured)).toString()).toBe(configured);
  expect(readdirSync(dataDir)).toEqual([]);
});

it('refuses a short one, configured or in the file, and says where', () => {
  expect(() => loadSecret(dataDir, 'too short')).toThrow(/security.jwt_secret: .* 32 bytes/);
  mkdirSync(join(dataDir, 'secrets'));
  writeFileSync(join(dataDir, 'secrets', 'jwt-secret'), 'short');
  expect(() => loadSecret(dataDir)).toThrow(/jwt-secret: .* 32 bytes/);
});

it('is one and the same for processes that start at once', async () => {
  const program = join(dataDir, 'load.mjs');
  const source = new URL('../../src/auth/secret.ts', import.meta.url);
  // Node 20 runs no TypeScript, so the child processes get the module transpiled.
  const { transformWithOxc } = await import('vite');
  const module = await transformWithOxc(
    readFileSync(source, 'utf8').replace("'../errors.ts'", "'./errors.mjs'"),
    'secret.ts',
  );
  writeFileSync(join(dataDir, 'secret.mjs'), module.code);
  writeFileSync(join(dataDir, 'errors.mjs'), 'export const errnoOf = (error) => error.code;');
  writeFileSync(
    program,
    `import { loadSecret } from './secret.mjs';
     process.stdout.write(Buffer.from(loadSecret(process.argv[2])).toString('hex'));`,
  );
  const target = join(dataDir, 'data');
  const runs = await Promise.all(
    Array.from({ length: 6 }, () => promisify(execFile)(process.execPath, [program, target])),
  );
  expect(new Set(runs.map(({ stdout }) => stdout)).size).toBe(1);
  expect(runs[0]!.stdout).toBe(readFileSync(join(target, 'secrets', 'jwt-secret')).toString('hex'));
});

describe('a secret that is rotated', () => {
  const config = { token_expiry: 3600 };

  it('is a new one, and the old one is kept beside it, for nobody else to read', () => {
    const before = loadSecret(dataDir);
    expect(loadSecrets(dataDir, config)).toEqual({ secret: before });
    rotateSecret(dataDir);
    const { secret, previousSecret, previousUntil } = loadSecrets(dataDir, config);
    expect(secret).toHaveLength(32);
    expect(secret).not.toEqual(before);
    expect(previousSecret).toEqual(before);
    expect(previousUntil).toBe(statSync(previousFile()).mtimeMs + 3_600_000);
    expect(modeOf('secrets', 'jwt-secret.previous')).toBe(0o600);
    expect(readdirSync(join(dataDir, 'secrets')).sort()).toEqual(['jwt-secret', 'jwt-secret.previous']);
  });

  it('is forgotten when every token of it has expired, at the latest after a year', () => {
    rotateSecret(dataDir);
    utimesSync(previousFile(), 1_000, 1_000);
    expect(loadSecrets(dataDir, config, 4_600_000 - 1)).toHaveProperty('previousSecret');
    expect(loadSecrets(dataDir, config, 4_600_000)).not.toHaveProperty('previousSecret');
    const long = { token_expiry: 400 * 86_400 };
    expect(loadSecrets(dataDir, long, 365 * 86_400_000)).toMatchObject({
      previousUntil: 1_000_000 + 365 * 86_400_000,
    });
  });

  it('twice forgets the first', () => {
    const first = loadSecret(dataDir);
    rotateSecret(dataDir);
    const second = loadSecret(dataDir);
    rotateSecret(dataDir);
    expect(loadSecrets(dataDir, config).previousSecret).toEqual(second);
    expect(second).not.toEqual(first);
  });

  it('is told by the configuration where the secret is configured, and the file plays no part then', () => {
    rotateSecret(dataDir);
    const configured = { ...config, jwt_secret: 'n'.repeat(32) };
    expect(loadSecrets(dataDir, configured)).toEqual({ secret: Buffer.from('n'.repeat(32)) });
    const both = { ...configured, jwt_secret_previous: 'o'.repeat(32) };
    expect(loadSecrets(dataDir, both)).toEqual({
      secret: Buffer.from('n'.repeat(32)),
      previousSecret: Buffer.from('o'.repeat(32)),
    });
  });

  it('refuses a previous one that is too short', () => {
    loadSecret(dataDir);
    writeFileSync(previousFile(), 'short');
    expect(() => loadSecrets(dataDir, config)).toThrow(/jwt-secret.previous: .* 32 bytes/);
  });
});
