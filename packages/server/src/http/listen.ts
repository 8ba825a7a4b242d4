import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { errnoOf, messageOf } from '../errors.ts';
import { redactText } from '../log.ts';
import { findPortHolder } from './port-holder.ts';

export interface ListenOptions {
  host: string;
  port: number;
  /** Where the port is configured, for the error: `server.port`, and `--port` where there is an option. */
  key: string;
  flag?: string;
}

/** A port that can't be listened on; the message says why and which option changes it. `code` is the system's. */
export class ListenError extends Error {
  readonly code: string;

  constructor(message: string, code: string, options: { cause: unknown }) {
    super(message, options);
    this.name = 'ListenError';
    this.code = code;
  }
}

/** Listens, or throws {@link ListenError}. */
export async function listenOn(app: FastifyInstance, options: ListenOptions): Promise<void> {
  const { host, port } = options;
  try {
    await app.listen({ host, port });
    if (host === 'localhost') await listenOnOtherLoopback(app);
  } catch (error) {
    const code = errnoOf(error);
    if (code === undefined) throw error;
    throw new ListenError(await describeListenError(error, options), code, { cause: error });
  }
}

/** `localhost` is two addresses, of which Node listens on the first: a client may take the other. */
async function listenOnOtherLoopback(app: FastifyInstance): Promise<void> {
  const { address, port } = app.server.address() as AddressInfo;
  const other = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
    app.server.emit('connection', socket),
  );
  app.server.once('close', () => other.close());
  try {
    other.listen({ host: address === '127.0.0.1' ? '::1' : '127.0.0.1', port });
    await once(other, 'listening');
  } catch {
    // A machine without IPv6, or another program on that address: the first is enough for most clients.
  }
}

/** The port that was really taken (with `port: 0` the system chose it). */
export function portOf(app: FastifyInstance): number | undefined {
  const address = app.server.address();
  return address !== null && typeof address === 'object' ? address.port : undefined;
}

async function describeListenError(error: unknown, options: ListenOptions): Promise<string> {
  const { host, port, key, flag } = options;
  const where = `${host}:${port}`;
  const remedy = `choose another with ${flag === undefined ? '' : `${flag} or `}${key}`;
  switch (errnoOf(error)) {
    case 'EADDRINUSE': {
      const holder = await findPortHolder(port);
      const who = holder ? `process ${holder.pid} (${redactText(holder.command)})` : 'another program';
      return `port ${where} is in use by ${who}: stop it, or ${remedy}`;
    }
    case 'EACCES':
      return `port ${where} may not be used by this user: ${remedy}`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is no address of this machine: choose another with ${key.replace('port', 'host')}`;
    default:
      return `port ${where} can't be listened on (${messageOf(error)}): ${remedy}`;
  }
}
