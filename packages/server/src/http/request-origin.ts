import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { FastifyRequest } from 'fastify';
import { publicOriginOf } from '../config/public-url.ts';
import type { Config } from '../config/schema.ts';
import type { ClientNames } from '../rpc/session.ts';
import { HttpError } from './error-reply.ts';

type AllowedNames = Pick<Config['server'], 'host' | 'allowed_hosts' | 'allowed_origins' | 'public_url'>;

/**
 * Where a request comes from and which name it used for us. A page of another site can make a browser call us in two
 * ways: under our own name, which its `Origin` gives away, and under a name of its own that it points at our address
 * (DNS rebinding), which `Host` gives away.
 */
export class OriginPolicy {
  readonly #config: AllowedNames;
  readonly #ownNames: readonly string[];

  /** Names and origins are read at each use, as they can be changed at run time. */
  constructor(config: AllowedNames) {
    this.#config = config;
    const own = hostname().toLowerCase();
    this.#ownNames = [own, `${own}.local`];
  }

  /** Throws 421 for a name that is not ours. A request without `Host` (HTTP/1.0) is no browser's. */
  checkHost(request: FastifyRequest): void {
    if (request.headers.host === undefined) return;
    const name = hostNameOf(request);
    if (isLocalOrAddress(name) || this.#isAllowedHost(name)) return;
    throw new HttpError(421, 'invalid_request', {
      reason: 'unknown_host',
      details: `the host name ${name} is not one of this service`,
      suggestion: 'use its IP address, or add the name to server.allowed_hosts or as server.public_url',
    });
  }

  /**
   * Throws 403 for a browser's page of another origin. A browser names the origin of every upgrade and of every request
   * that changes something, or else says by `Sec-Fetch-Site` whose page it is; whoever sends neither is no page.
   */
  checkOrigin(request: FastifyRequest): void {
    const { origin } = request.headers;
    if (origin === undefined ? !isForeignPage(request) : isSameOrigin(origin, request)) return;
    const normal = origin === undefined ? undefined : normaliseOrigin(origin);
    if (normal !== undefined && this.#isAllowedOrigin(normal)) return;
    throw new HttpError(403, 'permission_denied', {
      reason: 'foreign_origin',
      details: 'pages of another origin may not call this service',
      suggestion: 'open its own page, or add the origin to server.allowed_origins',
    });
  }

  /**
   * Throws 403 where a page of another site leads here: it could log its reader in as somebody else by a link of its
   * own. A link from a terminal, a typed address and a bookmark come from no site.
   */
  checkNavigation(request: FastifyRequest): void {
    if (!isForeignPage(request)) return;
    throw new HttpError(403, 'permission_denied', {
      reason: 'foreign_link',
      details: 'a page of another site may not log you in here',
      suggestion: 'copy the link into the address line of the browser',
    });
  }

  #isAllowedHost(name: string): boolean {
    const { host, allowed_hosts: allowed } = this.#config;
    const origin = publicOriginOf(this.#config);
    const known = [...this.#ownNames, host, ...allowed, ...(origin ? [new URL(origin).hostname] : [])];
    return known.some((one) => one.toLowerCase() === name);
  }

  #isAllowedOrigin(origin: string): boolean {
    if (origin === publicOriginOf(this.#config)) return true;
    return this.#config.allowed_origins.some((known) => (normaliseOrigin(known) ?? known) === origin);
  }
}

/** The name or address that the client used for us, without port, fit for a URL (IPv6 in brackets). */
export function hostNameOf(request: FastifyRequest): string {
  // Of a trusted proxy it is the name that the client used for the proxy.
  const { host } = request;
  const name = /^(\[[0-9a-fA-F:.]+\]|[^:]*)(?::\d*)?$/.exec(host)?.[1];
  return (name ?? host).toLowerCase().replace(/\.$/, '');
}

/** How the client reaches us; what a proxy says of it counts where the proxy is a trusted one. */
export function clientNamesOf(request: FastifyRequest): ClientNames {
  const host = hostNameOf(request);
  if (!isForwarded(request)) return { host };
  // Some proxies tell the scheme of an upgrade as that of the WebSocket.
  const scheme = ['https', 'wss'].includes(request.protocol) ? 'https' : 'http';
  return { host, origin: `${scheme}://${request.host}` };
}

/** Whether something that a proxy says is believed; who is not trusted is not listened to by the framework. */
function isForwarded({ ips, protocol, host, headers, socket }: FastifyRequest): boolean {
  const ownProtocol = 'encrypted' in socket && socket.encrypted === true ? 'https' : 'http';
  return (ips?.length ?? 0) > 1 || protocol !== ownProtocol || host !== (headers.host ?? '');
}

function isLocalOrAddress(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

function isSameOrigin(origin: string, { host, protocol }: FastifyRequest): boolean {
  const url = parseUrl(origin);
  if (url === undefined || host === '' || url.host !== parseUrl(`${url.protocol}//${host}`)?.host)
    return false;
  // A proxy that ends TLS and isn't among the trusted ones speaks plain HTTP to us; the reverse is somebody in between.
  return protocol === 'http' || url.protocol === 'https:';
}

function isForeignPage(request: FastifyRequest): boolean {
  return ['cross-site', 'same-site'].includes(String(request.headers['sec-fetch-site']));
}

function normaliseOrigin(origin: string): string | undefined {
  return parseUrl(origin)?.origin;
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
