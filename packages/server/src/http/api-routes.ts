import type { FastifyInstance } from 'fastify';
import { openrpcDocument } from '@mediamtx-camera-service/protocol';
import type { CameraViews } from './deps.ts';
import type { RequestAuth } from './request-auth.ts';
import { clientNamesOf } from './request-origin.ts';

export interface ApiRouteDeps {
  auth: RequestAuth;
  cameras: CameraViews;
  version: string;
}

/** The contract's description, and the camera list for what speaks plain HTTP alone. */
export function addApiRoutes(app: FastifyInstance, deps: ApiRouteDeps): void {
  let openrpc: string | undefined;
  app.get('/openrpc.json', (_request, reply) => {
    openrpc ??= JSON.stringify(openrpcDocument(deps.version));
    return reply.type('application/json; charset=utf-8').send(openrpc);
  });
  app.get('/api/cameras', { config: { audited: 'reads' } }, async (request, reply) => {
    const identity = await deps.auth.require(request);
    const cameras = deps.cameras.list(identity, clientNamesOf(request));
    const connected = cameras.filter(({ status }) => status === 'CONNECTED').length;
    return reply.header('cache-control', 'no-store').send({ cameras, total: cameras.length, connected });
  });
}
