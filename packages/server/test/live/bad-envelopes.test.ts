import { methods, type MethodDefinition } from '@mediamtx-camera-service/protocol';
import { Service, type RawClient, type RawReply } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';

let service: Service;
let client: RawClient;
beforeAll(async () => {
  service = await Service.start();
  client = await service.rawClient('admin');
});
afterAll(async () => service?.[Symbol.asyncDispose]());

const request = (id: unknown, method: unknown = 'ping', params?: unknown) => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});
const failure = (code: number, id: unknown) => ({ jsonrpc: '2.0', id, error: { code } });

describe('a message that is no request', () => {
  test.each([
    ['text that is not JSON', '{"jsonrpc": "2.0", "id": 1, "method"', -32700, null],
    ['an empty text', '', -32700, null],
    ['a number', '42', -32600, null],
    ['null', 'null', -32600, null],
    ['an empty object', {}, -32600, null],
    ['another version', { ...request(7), jsonrpc: '1.0' }, -32600, 7],
    ['no version', { id: 'a', method: 'ping' }, -32600, 'a'],
    ['no method', { jsonrpc: '2.0', id: 8 }, -32600, 8],
    ['a method that is no text', request(9, 5), -32600, 9],
    ['an object as id', request({ a: 1 }), -32600, null],
    ['an empty batch', [], -32600, null],
    ['a batch of 51', Array.from({ length: 51 }, (_, id) => request(id)), -32600, null],
    ['65 levels', request(10, 'ping', nested(65)), -32600, 10],
    ['100,000 levels', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, -32600, null],
    ['params by position', request(11, 'get_camera_status', ['camera0']), -32602, 11],
    ['params that are a text', request(12, 'get_camera_status', 'camera0'), -32602, 12],
    ['a binary frame', Buffer.from(JSON.stringify(request(13))), -32600, null],
  ])('%s is answered by its error', async (_what, message, code, id) => {
    expect(await client.answer(message)).toMatchObject(failure(code, id));
  });

  test('nesting up to 64 levels is read', async () => {
    expect(await client.answer(request(14, 'ping', nested(62)))).toMatchObject({ id: 14, result: 'pong' });
  });

  test('a method that does not exist is told, with the nearest name', async () => {
    const { error } = await client.call('get_camera_lst');
    expect(error).toMatchObject({
      code: -32601,
      message: expect.stringMatching(/^method not found: /) as unknown,
    });
    expect(error!.data['hint']).toContain('get_camera_list');
  });

  test.each(['camera_status_update', 'recording_status_update', 'constructor', '__proto__'])(
    '%s is no method',
    async (name) => {
      expect((await client.call(name)).error?.code).toBe(-32601);
    },
  );
});

describe('ids and batches', () => {
  test.each([0, -1, 1.5, '', 'x', null])('the id %j comes back as it was', async (id) => {
    expect(await client.answer(request(id))).toEqual({ jsonrpc: '2.0', id, result: 'pong' });
  });

  test('a batch is answered by one array, without its notifications', async () => {
    const batch = [
      request(1),
      { jsonrpc: '2.0', method: 'ping' },
      5,
      request(2, 'nothing_such'),
      request('c'),
    ];
    const replies = (await client.answer(batch)) as RawReply[];
    expect(replies).toHaveLength(4);
    expect(replies).toContainEqual({ jsonrpc: '2.0', id: 'c', result: 'pong' });
    expect(replies.find(({ id }) => id === null)).toMatchObject(failure(-32600, null));
  });

  test('notifications, alone or in a batch, are not answered', async () => {
    const { length } = client.messages;
    client.send({ jsonrpc: '2.0', method: 'ping' });
    client.send([
      { jsonrpc: '2.0', method: 'ping' },
      { jsonrpc: '2.0', method: 'nothing_such' },
    ]);
    await client.call('ping');
    expect(client.messages).toHaveLength(length + 1);
  });

  test('a hundred calls at once are answered each by its own result', async () => {
    const names = [
      'ping',
      'get_camera_list',
      'get_camera_status',
      'get_stream_status',
      'nothing_such',
    ] as const;
    const replies = await Promise.all(
      Array.from({ length: 100 }, async (_, at) => {
        const name = names[at % names.length]!;
        return { name, reply: await client.call(name, { device: 'camera0' }) };
      }),
    );
    for (const { name, reply } of replies) expect(reply, name).toMatchObject(expected[name]);
  });
});

const expected = {
  ping: { result: 'pong' },
  get_camera_list: { result: { total: 1 } },
  get_camera_status: { result: { device: 'camera0', metrics: {} } },
  get_stream_status: { result: { device: 'camera0', ffmpeg_process: {} } },
  nothing_such: { error: { code: -32601 } },
};

test('a message of 2 MB closes its own connection with 1009, and the service lives on', async () => {
  await using sinner = await service.rawClient();
  sinner.send(request(1, 'ping', { text: 'x'.repeat(2 * 1024 * 1024) }));
  expect(await sinner.closed).toMatchObject({ code: 1009 });
  expect(await client.result('ping')).toBe('pong');
  await using next = await service.rawClient();
  expect(await next.result('ping')).toBe('pong');
});

describe('params that break a rule', () => {
  const definitions: [string, MethodDefinition][] = Object.entries(methods);
  test.each(definitions.filter(([, { params }]) => Object.keys(params.shape).length > 0))(
    'of %s are refused, each by its name',
    async (name, definition) => {
      for (const [param, field] of Object.entries(definition.params.shape) as [string, z.ZodType][]) {
        const wrong = [undefined, null, Number.MAX_VALUE, -7.5, 'nothing of the kind\n', {}, [[]]].filter(
          (value) => !field.safeParse(value).success,
        );
        for (const value of wrong) {
          const { error } = await client.call(name, { ...requiredParams(definition), [param]: value });
          expect(error, `${name} ${param} = ${JSON.stringify(value)}`).toMatchObject({
            code: -32602,
            message: expect.stringMatching(/^invalid params: /) as unknown,
            data: { param: expect.stringContaining(param) as unknown, rule: expect.any(String) as unknown },
          });
        }
      }
    },
  );
});

// One of these fits every required param of the contract.
const samples = [
  ...['camera99', 'a', 'rtsp://127.0.0.1:9/a', ['camera.connected']],
  ...['viewer', 'age', 'long enough', 'key_none', { 'server.port': 1 }],
];

function requiredParams({ params }: MethodDefinition): Record<string, unknown> {
  const fields = Object.entries(params.shape) as [string, z.ZodType][];
  const required = fields.filter(([, field]) => !field.safeParse(undefined).success);
  return Object.fromEntries(
    required.map(([name, field]) => [name, samples.find((value) => field.safeParse(value).success)]),
  );
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = { a: value };
  return value;
}
