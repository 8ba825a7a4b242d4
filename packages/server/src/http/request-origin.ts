import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { FastifyRequest } from 'fastify';
import { HttpError } from './error-reply.ts';

/**
 * Where a request comes from and which name it used for us. A page of another site can make a browser call us in two
 * ways: under our own name, which its `Origin` gives away, and under a name of its own that it points at our address
 * (DNS rebinding), which `Host` gives away.
 */
export class OriginPolicy {
  readonly #allowedHosts: Set<string>;
  readonly #allowedOrigins: Set<string>;

  constructor(options: { allowedHosts: string[]; allowedOrigins: string[] }) {
    const own = hostname().toLowerCase();
    this.#allowedHosts = new Set([
      own,
      `${own}.local`,
      ...options.allowedHosts.map((host) => host.toLowerCase()),
    ]);
    this.#allowedOrigins = new Set(options.allowedOrigins.map((origin) => normaliseOrigin(origin) ?? origin));
  }

  /** Throws 421 for a name that is not ours. A request without `Host` (HTTP/1.0) is no browser's. */
  checkHost(request: FastifyRequest): void {
    if (request.headers.host === undefined) return;
    const name = hostNameOf(request);
    if (isLocalOrAddress(name) || this.#allowedHosts.has(name)) return;
    throw new HttpError(421, 'invalid_request', {
      reason: 'unknown_host',
      details: `the host name ${name} is not one of this service`,
      suggestion: 'use its IP address, or add the name to server.allowed_hosts',
    });
  }

  /** Throws 403 for a browser's page of another origin. A request without `Origin` is no page's. */
  checkOrigin(request: FastifyRequest): void {
    const { origin, host } = request.headers;
    if (origin === undefined || isSameOrigin(origin, host)) return;
    const normal = normaliseOrigin(origin);
    if (normal !== undefined && this.#allowedOrigins.has(normal)) return;
    throw new HttpError(403, 'permission_denied', {
      reason: 'foreign_origin',
      details: 'pages of another origin may not call this service',
      suggestion: 'open its own page, or add the origin to server.allowed_origins',
    });
  }
}

/** The name or address that the client used for us, without port, fit for a URL (IPv6 in brackets). */
export function hostNameOf(request: FastifyRequest): string {
  const host = request.headers.host ?? '';
  const name = /^(\[[0-9a-fA-F:.]+\]|[^:]*)(?::\d*)?$/.exec(host)?.[1];
  return (name ?? host).toLowerCase().replace(/\.$/, '');
}

function isLocalOrAddress(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

function isSameOrigin(origin: string, host: string | undefined): boolean {
  const url = parseUrl(origin);
  // The scheme is not compared: a proxy that ends TLS speaks plain HTTP to us.
  return url !== undefined && host !== undefined && url.host === parseUrl(`${url.protocol}//${host}`)?.host;
}

function normaliseOrigin(origin: string): string | undefined {
  return parseUrl(origin)?.origin;
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
