import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import { HttpError } from './error-reply.ts';
import { badGateway } from './upstream.ts';

/** How MediaMTX writes a session's secret. */
export const secretPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The session's secret in MediaMTX's Location. */
export function secretOf(response: IncomingMessage): string {
  const location = response.headers.location ?? '';
  const secret = location.split('?')[0]!.split('/').at(-1)!;
  if (!secretPattern.test(secret)) throw badGateway('its answer names no session');
  return secret;
}

/** The session's name in MediaMTX's lists. */
export function idOf(response: IncomingMessage): string {
  const { id } = response.headers;
  if (typeof id !== 'string' || !secretPattern.test(id))
    throw badGateway('its answer does not name the session');
  return id;
}

/** The request's body; throws 415 where it is of another type. */
export function bodyOf(request: FastifyRequest, type: string): string {
  const given = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (given !== type || typeof request.body !== 'string' || request.body === '') {
    throw new HttpError(415, 'invalid_request', {
      reason: 'wrong_content_type',
      details: `the body must be ${type}`,
      suggestion: `send it with Content-Type: ${type}`,
    });
  }
  return request.body;
}

export function copyHeaders(response: IncomingMessage, reply: FastifyReply, names: string[]): void {
  for (const name of names) {
    // `headersDistinct` keeps one Link header a server apart, as WHEP clients read them.
    const values = response.headersDistinct[name];
    if (values) reply.header(name, values.length === 1 ? values[0] : values);
  }
}

/** What a caller is told whose request MediaMTX refused. */
export function refusal(response: IncomingMessage, text: string): AppError {
  const details = reasonOf(text);
  if (response.statusCode === 400) {
    return new AppError('invalid_params', {
      reason: 'whep_refused',
      param: 'offer',
      rule: 'webrtc',
      details,
    });
  }
  return badGateway(details);
}

const mediaMtxError = z.object({ error: z.string() });

/** MediaMTX's own words, where it gave some; anything else is not passed on. */
function reasonOf(text: string): string {
  try {
    return mediaMtxError.parse(JSON.parse(text)).error;
  } catch {
    // Not MediaMTX's JSON.
    return 'no reason given';
  }
}
