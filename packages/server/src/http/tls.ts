import type { SecureContextOptions } from 'node:tls';
import type { Config } from '../config/schema.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import { endOf, fingerprintOf, ownPair, readPair, type TlsPair } from './tls-files.ts';

export interface CertificateDeps {
  config: Pick<Config['server'], 'tls' | 'tls_cert' | 'tls_key'>;
  dataDir: string;
  log: Logger;
  /** How often the files are looked at, and whether an own certificate is about to end; default 10 s. */
  lookMs?: number;
  now?: () => number;
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

  private constructor(deps: CertificateDeps, pair: TlsPair) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#pair = pair;
  }

  /** Throws TlsError for files that can't be used. */
  static async load(deps: CertificateDeps): Promise<Certificate> {
    const now = deps.now ?? Date.now;
    const paths = givenPaths(deps.config);
    const pair = paths ? readPair(paths) : (await ownPair(deps.dataDir, now())).pair;
    const certificate = new Certificate(deps, pair);
    certificate.#tell('the certificate was loaded');
    return certificate;
  }

  get isSelfSigned(): boolean {
    return givenPaths(this.#deps.config) === undefined;
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
      const paths = givenPaths(this.#deps.config);
      const pair = paths ? readPair(paths) : (await ownPair(this.#deps.dataDir, this.#now())).pair;
      this.#failure = '';
      if (pair.cert === this.#pair.cert && pair.key === this.#pair.key) return;
      this.#pair = pair;
      for (const server of this.#servers) server.setSecureContext(this.options);
      this.#tell('a new certificate is served');
    } catch (error) {
      // Of two files one is always written first: the next look may find both.
      const failure = messageOf(error);
      if (failure !== this.#failure)
        this.#deps.log.warn({ reason: failure }, 'the old certificate stays in use');
      this.#failure = failure;
    }
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

function givenPaths({ tls_cert, tls_key }: CertificateDeps['config']) {
  return tls_cert === undefined || tls_key === undefined ? undefined : { cert: tls_cert, key: tls_key };
}
