import { hostname } from 'node:os';

// Of `server.host`: what to put into a URL. IPv6 addresses stand in brackets there.

export function isEveryInterface(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** How this machine itself reaches what listens at `host`. */
export function hostFromHere(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '[::1]' : inUrl(host);
}

/** What all clients are told alike; who asks is told the name that it used itself. */
export function hostForOthers(host: string): string {
  return isEveryInterface(host) ? hostname() : inUrl(host);
}

function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
