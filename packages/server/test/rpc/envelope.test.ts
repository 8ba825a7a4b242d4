import { describe, expect, it } from 'vitest';
import type { AnyReply } from './harness/client.ts';
import { createCore } from './harness/rpc-harness.ts';

const { post } = createCore();

async function reply(body: string): Promise<AnyReply> {
  return JSON.parse((await post(body))!) as AnyReply;
}

function ping(id: number): string {
  return `{"jsonrpc":"2.0","method":"ping","id":${id}}`;
}

function batchOf(count: number): string {
  return `[${Array.from({ length: count }, (_, id) => ping(id)).join(',')}]`;
}

function nested(levels: number): string {
  return '[{"a":'.repeat(levels / 2) + '0' + '}]'.repeat(levels / 2);
}

describe('a request', () => {
  it.each(['"x"', '""', '0', '-1', '1.5', 'null', '"\\u00e9\\"\\\\"', '9007199254740991'])(
    'has its id %s echoed',
    async (id) => {
      const text = await post(`{"jsonrpc":"2.0","method":"ping","id":${id}}`);
      expect(text).toBe(`{"jsonrpc":"2.0","id":${JSON.stringify(JSON.parse(id))},"result":"pong"}`);
    },
  );

  it.each([
    '12345678901234567890',
    '1700000000123456789',
    '1e400',
    '9007199254740993',
    '-0.1234567890123456789',
  ])('has its id %s echoed to the last digit, though a double can not hold it', async (id) => {
    const tricky = `"params":{"id":5,"s":"\\"id\\":7","list":[{"id":8}]}`;
    expect(await post(`{ "jsonrpc":"2.0", "method":"ping", ${tricky}, "id" : ${id} }`)).toContain(
      `"id":${id},`,
    );
    const batch = await post(
      `[{"jsonrpc":"2.0","method":"ping","id":1,${tricky}},{"jsonrpc":"2.0","\\u0069d":${id},"method":"ping"}]`,
    );
    expect(batch).toBe(
      `[{"jsonrpc":"2.0","id":1,"result":"pong"},{"jsonrpc":"2.0","id":${id},"result":"pong"}]`,
    );
  });

  it('may carry members and params that nobody knows', async () => {
    const more = '"auth_token":"x","extra":1,"params":{"auth_token":"x"}';
    expect((await reply(`{"jsonrpc":"2.0","method":"ping","id":1,${more}}`)).result).toBe('pong');
  });

  it('without id gets no reply, whatever becomes of it', async () => {
    expect(await post('{"jsonrpc":"2.0","method":"ping"}')).toBeUndefined();
    expect(await post('{"jsonrpc":"2.0","method":"nothing"}')).toBeUndefined();
    expect(await post('{"jsonrpc":"2.0","method":"get_camera_list"}')).toBeUndefined();
    expect(await post('{"jsonrpc":"2.0","method":"ping","params":[]}')).toBeUndefined();
  });
});

describe('what is no request', () => {
  it.each([
    '',
    ' ',
    '{',
    '{"jsonrpc":"2.0","method":"ping","id":1',
    '{]',
    'ping',
    '\u0000',
    "{'a':1}",
    '\ufeff{}',
    'NaN',
  ])('is a parse error where it is no JSON: %j', async (text) => {
    expect(await reply(text)).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -32700 } });
  });

  it.each([
    ['1', null],
    ['"ping"', null],
    ['null', null],
    ['true', null],
    ['{}', null],
    ['{"method":"ping","id":3}', 3],
    ['{"jsonrpc":"1.0","method":"ping","id":3}', 3],
    ['{"jsonrpc":2.0,"method":"ping","id":3}', 3],
    ['{"jsonrpc":"2.0","id":3}', 3],
    ['{"jsonrpc":"2.0","method":1,"id":"x"}', 'x'],
    ['{"jsonrpc":"2.0","method":["ping"],"id":3}', 3],
    ['{"jsonrpc":"2.0","method":"ping","id":{}}', null],
    ['{"jsonrpc":"2.0","method":"ping","id":[1]}', null],
    ['{"jsonrpc":"2.0","method":"ping","id":true}', null],
    ['{"jsonrpc":"2.0","method":"ping","id":false}', null],
    ['{"jsonrpc":"2.0","result":1,"id":3}', 3],
  ])('is an invalid request: %s', async (text, id) => {
    const { error, ...rest } = await reply(text);
    expect(rest).toEqual({ jsonrpc: '2.0', id });
    expect(error).toMatchObject({ code: -32600, message: expect.stringContaining('invalid request: ') });
    expect(error!.data['hint']).not.toBe('');
  });

  it('is answered by its own name where it is deeply nested', async () => {
    const request = (levels: number) =>
      reply(`{"jsonrpc":"2.0","method":"ping","id":1,"params":{"deep":${nested(levels)}}}`);
    expect((await request(62)).result).toBe('pong');
    expect((await request(64)).error).toMatchObject({
      code: -32600,
      message: expect.stringContaining('64 levels'),
    });
    expect((await reply(nested(200_000))).error?.code).toBe(-32600);
    expect((await reply(`{"jsonrpc":"2.0","method":"ping","id":1,"params":${nested(200_000)}}`)).id).toBe(1);
  });

  it('does not reach the prototype of anything', async () => {
    await reply('{"jsonrpc":"2.0","method":"ping","id":1,"params":{"__proto__":{"polluted":1}}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect((await reply('{"__proto__":{"jsonrpc":"2.0","method":"ping"},"id":1}')).error?.code).toBe(-32600);
  });
});

describe('a method that does not exist', () => {
  const lists = 'rpc.discover lists the methods';

  it.each([
    ['get_camera_lst', 'did you mean get_camera_list?'],
    ['getCameraList', 'did you mean get_camera_list?'],
    ['take-snapshot', 'did you mean take_snapshot?'],
    ['pong', 'did you mean ping?'],
    ['camera_status_update', /is a notification: subscribe_events/],
    ['event', /is a notification/],
    ['something_else_entirely', lists],
    ['constructor', lists],
    ['__proto__', lists],
    ['toString', lists],
    ['', lists],
    ['x'.repeat(1_000), lists],
  ])('%s gets a hint', async (method, hint) => {
    const { error } = await reply(JSON.stringify({ jsonrpc: '2.0', method, id: 1 }));
    expect(error).toMatchObject({ code: -32601, message: expect.stringMatching(/^method not found: /) });
    expect(error!.message.length).toBeLessThan(200);
    if (hint instanceof RegExp) expect(error!.data['hint']).toMatch(hint);
    else expect(error!.data['hint']).toBe(hint);
  });
});

describe('a batch', () => {
  const note = '{"jsonrpc":"2.0","method":"ping"}';

  it('has its replies in one array', async () => {
    const replies = JSON.parse((await post(`[${ping(1)},${note},1,${ping(2)},{"id":9}]`))!) as AnyReply[];
    expect(replies.map(({ id }) => id)).toEqual([1, null, 2, 9]);
    expect(replies.map(({ error }) => error?.code)).toEqual([undefined, -32600, undefined, -32600]);
  });

  it('of notifications gets nothing', async () => {
    expect(await post(`[${note},${note}]`)).toBeUndefined();
  });

  it('holds 1 to 50 requests', async () => {
    expect(JSON.parse((await post(batchOf(50)))!)).toHaveLength(50);
    for (const count of [0, 51])
      expect(await reply(batchOf(count))).toMatchObject({ id: null, error: { code: -32600 } });
  });

  it('inside a batch is no request', async () => {
    expect(JSON.parse((await post(`[[${ping(1)}]]`))!)).toMatchObject([
      { id: null, error: { code: -32600 } },
    ]);
  });

  it('counts its own level as nesting, and is refused as a whole where it is too deep', async () => {
    const [deep, deeper] = [60, 62].map(
      (levels) => `[{"jsonrpc":"2.0","method":"ping","id":1,"params":{"deep":${nested(levels)}}}]`,
    );
    expect(await post(deep!)).toContain('pong');
    expect(JSON.parse((await post(deeper!))!)).toMatchObject({ id: null, error: { code: -32600 } });
  });
});
