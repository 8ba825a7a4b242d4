import type { FastifyInstance } from 'fastify';
import type { Identity } from '../auth/identity.ts';
import { contentType } from '../metrics/prometheus.ts';
import type { RequestAuth } from './request-auth.ts';

export interface MetricsRouteDeps {
  auth: RequestAuth;
  /** The text with the cameras that the caller may see. */
  metricsText: (identity: Identity) => Promise<string>;
}

/** `GET /metrics` for Prometheus. */
export function addMetricsRoute(app: FastifyInstance, { auth, metricsText }: MetricsRouteDeps): void {
  app.get('/metrics', { config: { audited: 'reads' } }, async (request, reply) => {
    const text = await metricsText(await auth.require(request));
    return reply.header('cache-control', 'no-store').type(contentType).send(text);
  });
}
