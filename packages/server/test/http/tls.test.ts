import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pino } from 'pino';
import { generate } from 'selfsigned';
import { WebSocket } from 'ws';
import { HttpServer } from '../../src/http/server.ts';
import { Certificate, type CertificateDeps } from '../../src/http/tls.ts';
import { namesMissing, readOwnNames, type OwnNames } from '../../src/http/tls-names.ts';
import { certificateWarnings } from '../../src/lifecycle/exposure.ts';
import { Clock, cookieOf, createParts, log, tempDir, viewer } from './support.ts';

const dayMs = 86_400_000;

let dir: Awaited<ReturnType<typeof tempDir>>;
const opened: { stop(): void | Promise<void> }[] = [];

beforeEach(async () => {
  dir = await tempDir();
});

afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.stop();
  await dir[Symbol.asyncDispose]();
});

interface Given {
  host?: string;
  tls?: boolean;
  tls_cert?: string;
  tls_key?: string;
}

async function load(config: Given, more: Partial<CertificateDeps> = {}): Promise<Certificate> {
  const certificate = await Certificate.load({
    config: { host: '127.0.0.1', tls: false, ...config },
    dataDir: dir.path,
    log,
    ...more,
  });
  opened.push(certificate);
  return certificate;
}

async function serve(tls: Certificate) {
  const parts = createParts({ tls });
  const server = new HttpServer(parts);
  opened.push(server);
  await server.start();
  return { parts, server, port: server.port! };
}

async function writePair(name = 'given'): Promise<{ tls_cert: string; tls_key: string }> {
  const made = await generate([{ name: 'commonName', value: name }], { keyType: 'ec', algorithm: 'sha256' });
  const files = { tls_cert: join(dir.path, 'given.crt'), tls_key: join(dir.path, 'given.key') };
  writeFileSync(files.tls_cert, made.cert);
  writeFileSync(files.tls_key, made.private);
  return files;
}

async function shake(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  opened.push({ stop: () => void socket.destroy() });
  await once(socket, 'secureConnect');
  return socket;
}

function get(port: number, path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path, headers, rejectUnauthorized: false }, (reply) => {
      reply.resume();
      resolve({ status: reply.statusCode!, headers: reply.headers });
    });
    sent.on('error', reject).end();
  });
}

describe('a certificate of its own', () => {
  test('is made once, for every name and address of the machine, and its key is private', async () => {
    const first = await load({ tls: true });
    const files = ['tls.key', 'tls.crt'].map((name) => join(dir.path, 'secrets', name));
    for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
    const certificate = new X509Certificate(readFileSync(files[1]!));
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkHost(hostname())).toBeDefined();
    for (const address of ['127.0.0.1', '::1']) expect(certificate.checkIP(address)).toBe(address);
    expect(certificate.publicKey.asymmetricKeyType).toBe('ec');
    expect(certificate.ca).toBe(false);
    const days = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / dayMs;
    expect(days).toBe(825);
    expect(first.fingerprint).toBe(certificate.fingerprint256);
    expect((await load({ tls: true })).fingerprint).toBe(first.fingerprint);
  });

  test('is made anew a month before it ends, also while it is served', async () => {
    const clock = new Clock();
    const certificate = await load({ tls: true }, { now: clock.now });
    const { port } = await serve(certificate);
    const { fingerprint } = certificate;
    clock.nowMs += 790 * dayMs;
    await certificate.look();
    expect(certificate.fingerprint).toBe(fingerprint);
    clock.nowMs += 6 * dayMs;
    await certificate.look();
    expect(certificate.fingerprint).not.toBe(fingerprint);
    expect((await shake(port)).getPeerCertificate().fingerprint256).toBe(certificate.fingerprint);
  });

  test('is made anew where a file of it is broken', async () => {
    const { fingerprint } = await load({ tls: true });
    writeFileSync(join(dir.path, 'secrets', 'tls.key'), '');
    expect((await load({ tls: true })).fingerprint).not.toBe(fingerprint);
  });
});

/** A machine at these addresses. */
function namesAt(...addresses: string[]): OwnNames {
  const hosts = ['localhost', 'cams'];
  return { hosts, addresses: ['127.0.0.1', ...addresses], lasting: [...hosts, ...addresses] };
}

function logOf(lines: Record<string, unknown>[]): CertificateDeps['log'] {
  return pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
}

const moved = { names: () => namesAt('192.0.2.7') };

describe('a machine that has got another address', () => {
  const everywhere = { tls: true, host: '0.0.0.0' };

  test('is told, with the address and the remedy, and the certificate that people trust stays', async () => {
    const { fingerprint, warning } = await load(everywhere, { names: () => namesAt('192.0.2.1') });
    expect(warning).toBeUndefined();
    const lines: Record<string, unknown>[] = [];
    let names = namesAt('192.0.2.7');
    const after = await load(everywhere, { names: () => names, log: logOf(lines) });
    const file = join(dir.path, 'secrets', 'tls.crt');
    expect(after.fingerprint).toBe(fingerprint);
    expect(after.warning).toContain('does not name 192.0.2.7, ');
    expect(after.warning).toContain('delete secrets/tls.crt');
    expect(certificateWarnings(after)).toEqual([{ component: 'server', reason: after.warning }]);
    await after.look();
    expect(lines).toEqual([expect.objectContaining({ missing: ['192.0.2.7'], file, reason: after.warning })]);
    names = namesAt('192.0.2.1');
    await after.look();
    expect(after.warning).toBeUndefined();
    expect(certificateWarnings(after)).toEqual([]);
  });

  test('is told while the service runs, and what is to be done helps without a restart', async () => {
    let names = namesAt('192.0.2.1');
    const certificate = await load(everywhere, { names: () => names });
    const { port } = await serve(certificate);
    const { fingerprint } = certificate;
    names = namesAt('192.0.2.1', '192.0.2.7');
    await certificate.look();
    expect(certificate.warning).toContain('192.0.2.7');
    rmSync(join(dir.path, 'secrets', 'tls.crt'));
    await certificate.look();
    expect(certificate.warning).toBeUndefined();
    expect(certificate.fingerprint).not.toBe(fingerprint);
    const served = (await shake(port)).getPeerX509Certificate()!;
    expect(served.fingerprint256).toBe(certificate.fingerprint);
    for (const address of ['192.0.2.1', '192.0.2.7']) expect(served.checkIP(address)).toBe(address);
  });

  test('has it in the certificate that comes because the old one ends', async () => {
    const clock = new Clock();
    let names = namesAt('192.0.2.1');
    const certificate = await load(everywhere, { now: clock.now, names: () => names });
    names = namesAt('192.0.2.7');
    clock.nowMs += 800 * dayMs;
    await certificate.look();
    expect(certificate.warning).toBeUndefined();
    const made = new X509Certificate(readFileSync(join(dir.path, 'secrets', 'tls.crt')));
    expect(made.checkIP('192.0.2.7')).toBe('192.0.2.7');
    expect(made.checkIP('192.0.2.1')).toBeUndefined();
  });

  test('is no news where nobody can use it, and where the certificate is a given one', async () => {
    await load({ tls: true }, { names: () => namesAt() });
    expect((await load({ tls: true, host: 'localhost' }, moved)).warning).toBeUndefined();
    expect((await load({ tls: true, host: '192.0.2.7' }, moved)).warning).toContain('192.0.2.7');
    const given = { ...(await writePair()), host: '0.0.0.0' };
    expect((await load(given, moved)).warning).toBeUndefined();
  });
});

test('the certificate that this machine makes now lacks none of its names', async () => {
  await load({ tls: true, host: '::' });
  const cert = readFileSync(join(dir.path, 'secrets', 'tls.crt'), 'utf8');
  expect(namesMissing(cert, '::', readOwnNames())).toEqual([]);
});

describe('a given certificate', () => {
  test('is served, and a renewal without a restart', async () => {
    const certificate = await load(await writePair());
    const { port } = await serve(certificate);
    expect((await shake(port)).getPeerCertificate().subject.CN).toBe('given');
    await writePair('renewed');
    await certificate.look();
    expect((await shake(port)).getPeerCertificate().subject.CN).toBe('renewed');
  });

  test('stays in use while its successor is half written', async () => {
    const files = await writePair();
    const certificate = await load(files);
    const { port } = await serve(certificate);
    const key = readFileSync(files.tls_key);
    await writePair('renewed');
    writeFileSync(files.tls_key, key);
    await certificate.look();
    expect((await shake(port)).getPeerCertificate().subject.CN).toBe('given');
  });

  test('that can not be used keeps the service from starting, with the file and the remedy', async () => {
    const files = await writePair();
    const missing = join(dir.path, 'missing.pem');
    await expect(load({ ...files, tls_key: missing })).rejects.toThrow(
      `the private key ${missing} can't be read`,
    );
    const noPem = join(dir.path, 'no.pem');
    writeFileSync(noPem, 'no PEM');
    await expect(load({ ...files, tls_cert: noPem })).rejects.toThrow(`${noPem} holds no certificate`);
    const other = join(dir.path, 'other');
    mkdirSync(other);
    const foreign = await generate([{ name: 'commonName', value: 'x' }], {
      keyType: 'ec',
      algorithm: 'sha256',
    });
    writeFileSync(join(other, 'key.pem'), foreign.private);
    await expect(load({ ...files, tls_key: join(other, 'key.pem') })).rejects.toThrow(
      "can't be used together",
    );
  });
});

describe('over TLS', () => {
  test('TLS 1.1 and older are refused, 1.2 is not', async () => {
    const { port } = await serve(await load({ tls: true }));
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(shake(port, old)).rejects.toThrow(/protocol|alert|EPROTO|handshake/i);
    expect((await shake(port, { maxVersion: 'TLSv1.2' })).getProtocol()).toBe('TLSv1.2');
  });

  test('the session cookie is Secure, and only a given certificate promises TLS for the future', async () => {
    const own = await serve(await load({ tls: true }));
    const login = await get(own.port, `/login?code=${own.parts.loginCodes.create(viewer)}`);
    expect(login.status).toBe(303);
    expect(String(login.headers['set-cookie'])).toMatch(/; HttpOnly; Secure; SameSite=Strict$/);
    const cookie = cookieOf(login.headers);
    const list = await get(own.port, '/api/cameras', { cookie });
    expect(list.status).toBe(200);
    expect(list.headers['strict-transport-security']).toBeUndefined();
    const given = await serve(await load(await writePair()));
    expect((await get(given.port, '/')).headers['strict-transport-security']).toBe('max-age=31536000');
  });

  test('the WebSocket opens for its own page, and not for a page that came without TLS', async () => {
    const { port } = await serve(await load({ tls: true }));
    const open = (origin: string) => {
      const socket = new WebSocket(`wss://127.0.0.1:${port}/ws`, { origin, rejectUnauthorized: false });
      socket.on('error', () => undefined);
      opened.push({ stop: () => socket.terminate() });
      return socket;
    };
    await once(open(`https://127.0.0.1:${port}`), 'open');
    const [, response] = await once(open(`http://127.0.0.1:${port}`), 'unexpected-response');
    expect(response.statusCode).toBe(403);
  });

  test('plain HTTP is told to use https', async () => {
    const { port } = await serve(await load({ tls: true }));
    const socket = connectPlain(port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('use https');
  });
});
