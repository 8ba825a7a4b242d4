import type { FastifyInstance } from 'fastify';
import { answerHealth, healthAnswers } from './answers.ts';
import type { HealthSource } from './report.ts';

/** The health paths, without login: on the health port and on the service's own. */
export function addHealthRoutes(app: FastifyInstance, source: HealthSource): void {
  for (const path of Object.keys(healthAnswers)) {
    app.get(path, (_request, reply) => {
      const { statusCode, body } = answerHealth(path, source);
      return reply.code(statusCode).header('cache-control', 'no-store').send(body);
    });
  }
}
