import type { FastifyInstance } from 'fastify';
import { answerHealth, healthPaths } from './answers.ts';
import type { HealthSource } from './report.ts';

/** The health paths, without login: on the health port and on the service's own. */
export function addHealthRoutes(app: FastifyInstance, source: HealthSource): void {
  for (const path of healthPaths) {
    app.get(path, (_request, reply) => {
      const { statusCode, body } = answerHealth(path, source);
      return reply.code(statusCode).header('cache-control', 'no-store').send(body);
    });
  }
}
