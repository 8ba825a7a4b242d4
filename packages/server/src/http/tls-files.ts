import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { messageOf } from '../errors.ts';
import { replaceFile } from '../store/atomic-file.ts';
import type { OwnNames } from './tls-names.ts';

/** A certificate that can't be used; the message says which file and what to do. */
export class TlsError extends Error {
  override readonly name = 'TlsError';
}

/** A certificate chain and its key, both PEM and known to belong together. */
export interface TlsPair {
  cert: string;
  key: string;
}

export interface TlsPaths {
  cert: string;
  key: string;
}

const dayMs = 86_400_000;
// The longest that browsers and Apple's systems take.
const lifetimeDays = 825;
const renewDaysBefore = 30;

/** Reads a pair and tries it; throws {@link TlsError} for one that no handshake could use. */
export function readPair(paths: TlsPaths): TlsPair {
  const pair = {
    cert: readText(paths.cert, 'the certificate', 'server.tls_cert'),
    key: readText(paths.key, 'the private key', 'server.tls_key'),
  };
  try {
    fingerprintOf(pair);
  } catch (error) {
    throw new TlsError(
      `${paths.cert} holds no certificate (${messageOf(error)}): server.tls_cert must name a PEM file`,
      {
        cause: error,
      },
    );
  }
  try {
    // The context takes an empty key without a word.
    createPrivateKey(pair.key);
    createSecureContext({ ...pair, minVersion: 'TLSv1.2' });
  } catch (error) {
    throw new TlsError(
      `the certificate ${paths.cert} and the key ${paths.key} can't be used together (${messageOf(error)}): ` +
        'give the key that the certificate was made for, without a passphrase',
      { cause: error },
    );
  }
  return pair;
}

/** SHA-256 of the leaf certificate, as browsers show it: `AB:CD:…`. */
export function fingerprintOf({ cert }: TlsPair): string {
  return new X509Certificate(cert).fingerprint256;
}

export function endOf({ cert }: TlsPair): number {
  return Date.parse(new X509Certificate(cert).validTo);
}

/**
 * The pair of the data directory: made where it is missing, broken, or ends within a month. One that only lacks a name
 * stays, since people may have trusted it.
 */
export async function ownPair(
  dataDir: string,
  { nowMs, names }: { nowMs: number; names: () => OwnNames },
): Promise<{ pair: TlsPair; isNew: boolean }> {
  const paths = ownPairPaths(dataDir);
  const present = presentPair(paths);
  if (present && endOf(present) - nowMs > renewDaysBefore * dayMs) return { pair: present, isNew: false };
  mkdirSync(dirname(paths.key), { recursive: true, mode: 0o700 });
  const pair = await makePair(nowMs, names());
  await replaceFile(paths.key, pair.key, 0o600);
  await replaceFile(paths.cert, pair.cert, 0o600);
  return { pair, isNew: true };
}

export function ownPairPaths(dataDir: string): TlsPaths {
  return { cert: join(dataDir, 'secrets', 'tls.crt'), key: join(dataDir, 'secrets', 'tls.key') };
}

function presentPair(paths: TlsPaths): TlsPair | undefined {
  if (!existsSync(paths.cert) || !existsSync(paths.key)) return undefined;
  chmodSync(paths.key, 0o600);
  try {
    return readPair(paths);
  } catch {
    // One that was cut off while it was written serves nobody: it is made anew.
    return undefined;
  }
}

async function makePair(nowMs: number, names: OwnNames): Promise<TlsPair> {
  // Only here: what it stands on takes longer to load than the service to start.
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: `MediaMTX Camera Service on ${hostname()}` }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // A client whose clock is a little behind must not see one of tomorrow.
    notBeforeDate: new Date(nowMs - dayMs),
    notAfterDate: new Date(nowMs + (lifetimeDays - 1) * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: altNamesOf(names) },
    ],
  });
  return { cert: made.cert, key: made.private };
}

function altNamesOf({ hosts, addresses }: OwnNames): { type: 2 | 7; value?: string; ip?: string }[] {
  return [
    ...hosts.map((value) => ({ type: 2 as const, value })),
    ...addresses.map((ip) => ({ type: 7 as const, ip })),
  ];
}

function readText(file: string, what: string, key: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new TlsError(
      `${what} ${file} can't be read (${messageOf(error)}): let this user read it, or correct ${key}`,
      {
        cause: error,
      },
    );
  }
}
