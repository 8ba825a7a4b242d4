import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHttpApp } from '../../src/http/app.ts';
import { bearer, createParts, type Parts } from './support.ts';

let parts: Parts;
let app: FastifyInstance;

beforeEach(async () => {
  parts = createParts();
  app = await createHttpApp(parts);
});

afterEach(() => app.close());

const still = '/media/camera0/still.jpg';
const cases = [
  ['GET', `${still}?width=wide`, 'width', 'type', 'a whole number from 16 to 7680'],
  ['GET', `${still}?width=1.5`, 'width', 'type', 'a whole number'],
  ['GET', `${still}?width=8`, 'width', 'min', 'from 16'],
  ['GET', `${still}?max_age_ms=-1`, 'max_age_ms', 'min', 'from 0'],
  ['GET', `${still}?max_age_ms=99999999999999999999`, 'max_age_ms', 'max', 'to 86400000'],
  ['GET', '/files/snapshots/a%20b.jpg', 'filename', 'pattern', 'letters, digits'],
  ['POST', '/login', 'token', 'required', 'a user and a password'],
] as const;

test.for(cases)('%s %s: the rule is a name, and the sentence stands in the details', async (given) => {
  const [method, url, param, rule, words] = given;
  const headers = await bearer(parts);
  const reply = await app.inject({ method, url, headers, ...(method === 'POST' && { payload: {} }) });
  expect(reply.statusCode).toBe(400);
  const { error } = reply.json<{ error: { code: number; data: Record<string, string> } }>();
  expect(error).toMatchObject({ code: -32602, data: { param, rule } });
  expect(error.data['details']).toContain(words);
});
