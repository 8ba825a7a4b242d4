import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import type { MediaFront } from './media-front.ts';

type StillRequest = FastifyRequest<{
  Params: { device: string };
  Querystring: { max_age_ms?: string; width?: string };
}>;

/** `GET /media/{device}/still.jpg`: the newest picture at once, with its age in the headers. */
export function addStillRoute(app: FastifyInstance, front: MediaFront): void {
  app.get(
    '/media/:device/still.jpg',
    { exposeHeadRoute: false, config: { audited: 'reads' } },
    async (request: StillRequest, reply) => {
      const maxAgeMs = wholeNumber(request.query.max_age_ms, {
        param: 'max_age_ms',
        min: 0,
        max: 86_400_000,
      });
      const width = wholeNumber(request.query.width, { param: 'width', min: 16, max: 7680 });
      const { device, gone } = await front.open(request, reply);
      const still = await front.deps.media.still(device, {
        ...(maxAgeMs !== undefined && { maxAgeMs }),
        ...(width !== undefined && { width }),
        signal: gone,
      });
      const capturedAt = new Date(still.capturedAtMs);
      return reply
        .headers({
          'content-type': 'image/jpeg',
          'cache-control': 'no-store',
          'last-modified': capturedAt.toUTCString(),
          'x-captured-at': capturedAt.toISOString(),
          'x-age-ms': String(Math.round(still.ageMs)),
        })
        .send(still.data);
    },
  );
}

function wholeNumber(
  text: string | undefined,
  { param, min, max }: { param: string; min: number; max: number },
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new AppError('invalid_params', {
    reason: 'invalid_param',
    param,
    rule: Number.isNaN(value) ? 'type' : value < min ? 'min' : 'max',
    details: `${param} must be a whole number from ${min} to ${max}`,
  });
}
