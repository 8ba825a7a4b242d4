import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../errors.ts';

/** HS256 is only as strong as its secret; RFC 7518 asks for the hash's size at least. */
export const minSecretBytes = 32;
const longestGraceMs = 365 * 86_400_000;

export interface SecretConfig {
  jwt_secret?: string | undefined;
  jwt_secret_previous?: string | undefined;
  /** Seconds. */
  token_expiry: number;
}

/** What signs tokens, links and cookies, and what signed them before. */
export interface Secrets {
  secret: Uint8Array;
  previousSecret?: Uint8Array;
  /** Epoch milliseconds; absent: as long as it is configured. */
  previousUntil?: number;
}

/**
 * The secret in use and the one before it. Of the file the previous one is taken until every token of the default
 * lifetime has expired. Throws like {@link loadSecret}.
 */
export function loadSecrets(dataDir: string, config: SecretConfig, now = Date.now()): Secrets {
  const { jwt_secret: configured, jwt_secret_previous: configuredPrevious } = config;
  const secret = loadSecret(dataDir, configured);
  if (configuredPrevious !== undefined) {
    const previous = Buffer.from(configuredPrevious, 'utf8');
    return { secret, previousSecret: checkLength(previous, 'security.jwt_secret_previous') };
  }
  const file = secretFiles(dataDir).previous;
  const previous = configured === undefined ? readIfThere(file) : undefined;
  if (previous === undefined) return { secret };
  makePrivate(file, 0o600);
  const graceMs = Math.min(config.token_expiry * 1000, longestGraceMs);
  const previousUntil = statSync(file).mtimeMs + graceMs;
  return previousUntil > now
    ? { secret, previousSecret: checkLength(previous, file), previousUntil }
    : { secret };
}

/**
 * The secret that tokens are signed with: the configured one, else `secrets/jwt-secret` in the data directory, made at
 * the first start. Throws where the secret is shorter than 32 bytes or the file can't be read or made.
 */
export function loadSecret(dataDir: string, configured?: string): Uint8Array {
  if (configured !== undefined) return checkLength(Buffer.from(configured, 'utf8'), 'security.jwt_secret');
  const { directory, current: file } = secretFiles(dataDir);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  makePrivate(directory, 0o700);
  const present = readIfThere(file);
  if (present === undefined) makeSecret(file);
  makePrivate(file, 0o600);
  return checkLength(present ?? readFileSync(file), file);
}

/** A new secret in the file; the one that was there becomes the previous one. A running service reads it at its next start. */
export function rotateSecret(dataDir: string): void {
  const before = loadSecret(dataDir);
  const { current, previous } = secretFiles(dataDir);
  // In this order: a crash in between leaves the secret that was there in both files.
  replace(previous, before);
  replace(current, randomBytes(minSecretBytes));
}

function secretFiles(dataDir: string): { directory: string; current: string; previous: string } {
  const directory = join(dataDir, 'secrets');
  const current = join(directory, 'jwt-secret');
  return { directory, current, previous: `${current}.previous` };
}

function replace(file: string, secret: Uint8Array): void {
  renameSync(writeTemporary(file, secret), file);
}

/** A link fails where the name is taken, so of two processes at once one wins, and both read a whole secret. */
function makeSecret(file: string): void {
  const temporary = writeTemporary(file, randomBytes(minSecretBytes));
  try {
    linkSync(temporary, file);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  } finally {
    unlinkSync(temporary);
  }
}

function writeTemporary(file: string, secret: Uint8Array): string {
  const temporary = `${file}.${process.pid}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(temporary, secret, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    // On a full disk it is there, and empty.
    rmSync(temporary, { force: true });
    throw error;
  }
  return temporary;
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function makePrivate(path: string, mode: number): void {
  if ((statSync(path).mode & 0o777) !== mode) chmodSync(path, mode);
}

function checkLength(secret: Buffer, where: string): Uint8Array {
  if (secret.length >= minSecretBytes) return secret;
  throw new Error(`${where}: the secret must be at least ${minSecretBytes} bytes, it has ${secret.length}`);
}
