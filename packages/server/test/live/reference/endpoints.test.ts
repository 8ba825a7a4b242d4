import { Service, until } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formOf, referenceExamples, type Endpoint } from './examples.ts';

const { endpoints } = await referenceExamples();

interface World {
  service: Service;
  token: string;
  recording: string;
  snapshot: string;
}

let world: World;

beforeAll(async () => {
  const service = await Service.start();
  const admin = await service.client();
  const { filename: snapshot } = await admin.call('take_snapshot', { device: 'camera0' });
  await admin.call('start_recording', { device: 'camera0' });
  await until(
    async () => ((await admin.call('get_camera_status', { device: 'camera0' })).elapsed_time ?? 0) > 0,
  );
  const { filename: recording } = await admin.call('stop_recording', { device: 'camera0' });
  world = { service, token: await service.token('viewer'), recording, snapshot };
});

afterAll(() => world.service[Symbol.asyncDispose]());

describe('every example of the reference is what the service answers', () => {
  const cases = endpoints.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const);

  test.for(cases)('%s', async ([, endpoint]) => {
    const { example } = endpoint;
    const response = await send(endpoint);
    const text = await response.text();
    expect(response.status, text.slice(0, 300)).toBe(example.status);
    if (example.type !== undefined) expect(response.headers.get('content-type')).toBe(example.type);
    for (const [name, value] of Object.entries(example.shows ?? {}))
      expect(likeness(response.headers.get(name)), name).toBe(likeness(filled(value)));
    if (example.text !== undefined) expect(text.toLowerCase()).toContain(example.text.toLowerCase());
    if (example.json === undefined) return;
    const [given, shown] = [formOf(JSON.parse(text)), formOf(example.json)];
    if (example.isExcerpt) expect(given).toMatchObject(shown as object);
    else expect(given).toEqual(shown);
  });

  test.for(cases.filter(([, { login }]) => login !== 'none'))(
    '%s: not without a login',
    async ([, endpoint]) => {
      const response = await send(endpoint, {});
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error: { code: -32001 } });
    },
  );
});

function send(
  { method, path, login, example }: Endpoint,
  credentials = login === 'none' ? {} : { authorization: `Bearer ${world.token}` },
): Promise<Response> {
  const { headers, body } = example;
  return fetch(`${world.service.httpUrl}${filled(example.path ?? path)}`, {
    method,
    headers: { ...headers, ...credentials },
    redirect: 'manual',
    ...(body !== undefined && { body }),
  });
}

function filled(text: string): string {
  return text.replaceAll('{recording}', world.recording).replaceAll('{snapshot}', world.snapshot);
}

/** Numbers and times differ from run to run; what is around them does not. */
function likeness(text: string | null): string {
  return (text ?? 'none').replaceAll(/\d+/g, '0');
}
