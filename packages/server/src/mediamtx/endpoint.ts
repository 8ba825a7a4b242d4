/** Where an HTTP server of MediaMTX listens: TCP (`http://host:port`) or a unix socket (`unix:///path.sock`). */
export interface Endpoint {
  socketPath?: string;
  host?: string;
  port?: number;
  /** `Basic …`, where it asks for a user. */
  authorization?: string;
}

export interface Credentials {
  username: string;
  password: string;
}

export function parseEndpoint(url: string, credentials?: Credentials): Endpoint {
  const authorization = credentials && { authorization: basicAuthorization(credentials) };
  if (url.startsWith('unix://')) return { socketPath: url.slice('unix://'.length), ...authorization };
  const { hostname, port, protocol } = new URL(url);
  // Node takes IPv6 addresses without the brackets that URLs need.
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port), ...authorization };
}

export function basicAuthorization({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Undefined where no user is configured. */
export function credentialsOf(
  username: string | undefined,
  password: string | undefined,
): Credentials | undefined {
  return username === undefined ? undefined : { username, password: password ?? '' };
}
