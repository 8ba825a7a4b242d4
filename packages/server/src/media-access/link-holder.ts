import type { Credentials } from '../auth/credentials.ts';
import type { Identity } from '../auth/identity.ts';

// Enough of a key's hash to tell its secrets apart, and nothing that one could log in with.
const hashLength = 12;

/**
 * Whom a link was made for, short enough for a query and without any secret: what its right stands on. It is worth
 * nothing without the signature of the link.
 */
export function holderOf({ user, basis, cameras, sessionId = '' }: Identity): string {
  if (basis.kind === 'api_key') {
    return join('k', basis.keyId, toUrlBase64(basis.hash).slice(0, hashLength), sessionId);
  }
  if (basis.kind === 'user') return join('u', user, basis.loginId, basis.generation, sessionId);
  // Nobody else knows the name and the cameras of a login that bears its rights itself.
  const login = [basis.loginId, sessionId, user];
  return cameras ? join('c', ...login, ...cameras) : join('l', ...login);
}

/** The identity with the rights that it has now; undefined once what it stands on has ended. */
export function identityOf(
  holder: string,
  credentials: Pick<Credentials, 'current' | 'ofKey'>,
): Identity | undefined {
  const [kind = '', first = '', second = '', ...rest] = holder.split('.').map(unpack);
  const base = { role: 'viewer', method: 'jwt', expiresAt: null } as const;
  if (kind === 'k') {
    const identity = credentials.ofKey(first, fromUrlBase64(second));
    return identity && credentials.current(withSession(identity, rest[0]));
  }
  if (kind === 'u') {
    const [generation = '', sessionId] = rest;
    const basis = { kind: 'user', loginId: second, generation } as const;
    return credentials.current(withSession({ ...base, user: first, basis }, sessionId));
  }
  const basis = { kind: 'login', loginId: first } as const;
  const [user = '', ...cameras] = rest;
  const limit = kind === 'c' && { cameras };
  return credentials.current(withSession({ ...base, user, basis, ...limit }, second));
}

function withSession(identity: Identity, sessionId = ''): Identity {
  return sessionId === '' ? identity : { ...identity, sessionId };
}

function join(...parts: string[]): string {
  return parts.map(pack).join('.');
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Nothing that would be escaped in a query, no dot, and ids as short as can be. */
function pack(text: string): string {
  if (uuid.test(text)) return `~${Buffer.from(text.replaceAll('-', ''), 'hex').toString('base64url')}`;
  return /^[A-Za-z0-9_-]*$/.test(text) ? text : `~~${Buffer.from(text).toString('base64url')}`;
}

function unpack(part: string): string {
  if (part.startsWith('~~')) return Buffer.from(part.slice(2), 'base64url').toString();
  if (!part.startsWith('~')) return part;
  const hex = Buffer.from(part.slice(1), 'base64url').toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function toUrlBase64(text: string): string {
  return text.replaceAll('+', '-').replaceAll('/', '_');
}

function fromUrlBase64(text: string): string {
  return text.replaceAll('-', '+').replaceAll('_', '/');
}
