import type { SecureContextOptions } from 'node:tls';
import type { Config } from '../config/schema.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import { endOf, fingerprintOf, ownPair, ownPairPaths, readPair, type TlsPair } from './tls-files.ts';
import { namesMissing, readOwnNames, withListenHost, type OwnNames } from './tls-names.ts';

export interface CertificateDeps {
  config: Pick<Config['server'], 'host' | 'tls' | 'tls_cert' | 'tls_key'>;
  dataDir: string;
  log: Logger;
  /** How often the files are looked at, and whether an own certificate is about to end; default 10 s. */
  lookMs?: number;
  now?: () => number;
  /** What the machine is called now; default: what the system says. */
  names?: () => OwnNames;
}

/** What a TLS server of Node offers to take another certificate while it runs. */
export interface SecureServer {
  setSecureContext(options: SecureContextOptions): void;
}

/** Whether the service speaks TLS by its configuration. */
export function wantsTls({ tls, tls_cert }: Pick<Config['server'], 'tls' | 'tls_cert'>): boolean {
  return tls || tls_cert !== undefined;
}

/**
 * The certificate of the service's own port: a given one, or one that it makes itself. Files are read again when they
 * change, so a renewal needs no restart; the contents are compared, which finds every way of replacing a file.
 */
export class Certificate {
  readonly #deps: CertificateDeps;
  readonly #servers = new Set<SecureServer>();
  readonly #now: () => number;
  #pair: TlsPair;
  #timer: NodeJS.Timeout | undefined;
  #failure = '';
  #missing: string[] = [];

  private constructor(deps: CertificateDeps, pair: TlsPair) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#pair = pair;
  }

  /** Throws TlsError for files that can't be used. */
  static async load(deps: CertificateDeps): Promise<Certificate> {
    const certificate = new Certificate(deps, await findPair(deps));
    certificate.#tell('the certificate was loaded');
    certificate.#compareNames();
    return certificate;
  }

  get isSelfSigned(): boolean {
    return givenPaths(this.#deps.config) === undefined;
  }

  /**
   * What is wrong with the own certificate without keeping it from being served: it lacks an address that the machine
   * has got since. It is never replaced for that, as people may have trusted it.
   */
  get warning(): string | undefined {
    if (this.#missing.length === 0) return undefined;
    return `the service's own certificate does not name ${this.#missing.join(', ')}, so clients that use one of these distrust it: delete secrets/tls.crt in the data directory, and one with today's addresses is made within 10 s; whoever trusted the old one must then compare the new fingerprint, which the log tells`;
  }

  /** SHA-256, as browsers show it. */
  get fingerprint(): string {
    return fingerprintOf(this.#pair);
  }

  get options(): SecureContextOptions {
    return { ...this.#pair, minVersion: 'TLSv1.2' };
  }

  /** Keeps a server's certificate the newest; end it by {@link stop}. */
  serve(server: SecureServer): void {
    this.#servers.add(server);
    this.#timer ??= setInterval(() => void this.look(), this.#deps.lookMs ?? 10_000).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#servers.clear();
  }

  /** Takes a certificate that has changed. One that can't be used is told once, and the present one stays. */
  async look(): Promise<void> {
    try {
      const pair = await findPair(this.#deps);
      this.#failure = '';
      if (pair.cert !== this.#pair.cert || pair.key !== this.#pair.key) {
        this.#pair = pair;
        for (const server of this.#servers) server.setSecureContext(this.options);
        this.#tell('a new certificate is served');
      }
      this.#compareNames();
    } catch (error) {
      // Of two files one is always written first: the next look may find both.
      const failure = messageOf(error);
      if (failure !== this.#failure)
        this.#deps.log.warn({ reason: failure }, 'the old certificate stays in use');
      this.#failure = failure;
    }
  }

  /** Each lack is told once. A given certificate names what its owner wants. */
  #compareNames(): void {
    if (!this.isSelfSigned) return;
    const { config, dataDir, names = readOwnNames, log } = this.#deps;
    const missing = namesMissing(this.#pair.cert, config.host, names());
    const isNew = missing.join() !== this.#missing.join();
    this.#missing = missing;
    if (!isNew || missing.length === 0) return;
    const { cert: file } = ownPairPaths(dataDir);
    log.warn({ missing, file, reason: this.warning }, 'the certificate lacks a name');
  }

  #tell(what: string): void {
    const ends = new Date(endOf(this.#pair));
    const facts = {
      fingerprint: this.fingerprint,
      is_self_signed: this.isSelfSigned,
      ends: ends.toISOString(),
    };
    if (ends.getTime() < this.#now()) this.#deps.log.warn(facts, `${what}, but it has ended`);
    else this.#deps.log.info(facts, what);
  }
}

async function findPair(deps: CertificateDeps): Promise<TlsPair> {
  const { config, dataDir, now = Date.now, names = readOwnNames } = deps;
  const paths = givenPaths(config);
  if (paths) return readPair(paths);
  const ownNames = (): OwnNames => withListenHost(names(), config.host);
  return (await ownPair(dataDir, { nowMs: now(), names: ownNames })).pair;
}

function givenPaths({ tls_cert, tls_key }: CertificateDeps['config']) {
  return tls_cert === undefined || tls_key === undefined ? undefined : { cert: tls_cert, key: tls_key };
}
