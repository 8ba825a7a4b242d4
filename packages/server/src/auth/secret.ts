import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../errors.ts';

/** HS256 is only as strong as its secret; RFC 7518 asks for the hash's size at least. */
export const minSecretBytes = 32;

/**
 * The secret that tokens are signed with: the configured one, else `secrets/jwt-secret` in the data directory, made at
 * the first start. Throws where the secret is shorter than 32 bytes or the file can't be read or made.
 */
export function loadSecret(dataDir: string, configured?: string): Uint8Array {
  if (configured !== undefined) return checkLength(Buffer.from(configured, 'utf8'), 'security.jwt_secret');
  const directory = join(dataDir, 'secrets');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  makePrivate(directory, 0o700);
  const file = join(directory, 'jwt-secret');
  const present = readIfThere(file);
  if (present === undefined) makeSecret(file);
  makePrivate(file, 0o600);
  return checkLength(present ?? readFileSync(file), file);
}

/** A link fails where the name is taken, so of two processes at once one wins, and both read a whole secret. */
function makeSecret(file: string): void {
  const temporary = `${file}.${process.pid}.${randomBytes(6).toString('hex')}`;
  writeFileSync(temporary, randomBytes(minSecretBytes), { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(temporary, file);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  } finally {
    unlinkSync(temporary);
  }
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
