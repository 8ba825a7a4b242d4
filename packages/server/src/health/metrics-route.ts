import type { FastifyInstance } from 'fastify';
import { contentType } from '../metrics/prometheus.ts';

/** `GET /metrics` without login: requests at the same time share one answer, as anybody may ask. */
export function addOpenMetricsRoute(
  app: FastifyInstance,
  metricsText: () => Promise<string> | undefined,
): void {
  let pending: Promise<string> | undefined;
  app.get('/metrics', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    pending ??= metricsText()?.finally(() => (pending = undefined));
    if (!pending) return reply.code(503).send({ error: 'the service is starting' });
    return reply.type(contentType).send(await pending);
  });
}
