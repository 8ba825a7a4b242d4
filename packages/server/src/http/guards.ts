import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AddressBudgets } from '../rpc/limits.ts';
import { HttpError } from './error-reply.ts';
import type { OriginPolicy } from './request-origin.ts';
import { securityHeaders, strictTransport } from './security-headers.ts';

export interface GuardDeps {
  origins: OriginPolicy;
  addressBudgets?: AddressBudgets | undefined;
  /** Whether the service's own certificate is one that browsers know. */
  isStrictTransport: boolean;
  now: () => number;
}

/** What every request passes before any route: the cheapest questions first. */
export function addGuards(app: FastifyInstance, deps: GuardDeps): void {
  const { origins, addressBudgets, isStrictTransport, now } = deps;
  const headers = { ...securityHeaders, ...(isStrictTransport && strictTransport) };
  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    reply.headers(headers);
    addressBudgets?.spend(request.ip, now());
    checkForm(request);
    origins.checkHost(request);
    if (changesState(request)) origins.checkOrigin(request);
    else if (request.routeOptions.url === '/login') origins.checkNavigation(request);
  });
}

/** A page of another origin could else act with the cookie of whoever looks at it. */
function changesState(request: FastifyRequest): boolean {
  return !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
}

/** What two programs on the way could read in two ways, and bodies that grow when they are unpacked. */
function checkForm({ raw, headers }: FastifyRequest): void {
  // Node keeps the first and forgets the others.
  const hosts = raw.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length > 1) throw refused(400, 'ambiguous_host', 'there is more than one Host header');
  if (!raw.url!.startsWith('/'))
    throw refused(400, 'absolute_url', 'the request must name a path, not a URL');
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw refused(415, 'encoded_body', 'bodies are read without Content-Encoding alone');
  }
}

function refused(status: number, reason: string, details: string): HttpError {
  return new HttpError(status, 'invalid_request', { reason, details });
}
