import type { FastifyInstance } from 'fastify';
import type { RpcServer } from '../rpc/rpc-server.ts';
import { goneSignal } from './media-front.ts';
import type { RequestAuth } from './request-auth.ts';
import { clientNamesOf } from './request-origin.ts';

export interface RpcRouteDeps {
  rpc: Pick<RpcServer, 'handlePost'>;
  auth: RequestAuth;
}

/** `POST /rpc`: one JSON-RPC body, single or batch. The reply is 200 whatever it says, 204 where there is none. */
export function addRpcRoute(app: FastifyInstance, deps: RpcRouteDeps): void {
  app.register(async (scope) => {
    // The dispatcher reads the text itself: it answers wrong JSON by the rules of JSON-RPC.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    scope.post('/rpc', { config: { audited: 'refusals' } }, async (request, reply) => {
      const identity = await deps.auth.identify(request);
      const body = typeof request.body === 'string' ? request.body : '';
      const answer = await deps.rpc.handlePost(body, {
        identity,
        remoteAddress: request.ip,
        ...clientNamesOf(request),
        signal: goneSignal(reply),
      });
      reply.header('cache-control', 'no-store');
      if (answer === undefined) return reply.code(204).send();
      return reply.type('application/json; charset=utf-8').send(answer);
    });
  });
}
