import { existsSync } from 'node:fs';
import { errorCatalog, methods, type MethodName } from '@mediamtx-camera-service/protocol';
import { Service, TempDir, until, type RawClient, type RawReply } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleOf } from '../rpc/harness/sample.ts';
import type { ParamSchema } from './contract/broken-params.ts';
import { descendantsOf } from './processes.ts';

interface Described {
  name: string;
  params: { name: string; required: boolean; schema: ParamSchema }[];
}

// Of these a well-formed call ends the session, or takes what the others stand on.
const notCalled: MethodName[] = ['logout', 'forget_camera', 'merge_cameras', 'cleanup_old_files'];
const known = new Set<number>(Object.values(errorCatalog).map(({ code }) => code));

let dir: TempDir;
let service: Service;
let admin: RawClient;
let token: string;
let described: Described[];

beforeAll(async () => {
  dir = await TempDir.create();
  service = await Service.start();
  token = await service.token();
  admin = await service.rawClient();
  await admin.login(token);
  const found = await admin.result<{ methods: Described[] }>('rpc.discover');
  described = found.methods;
});

afterAll(async () => {
  await admin?.[Symbol.asyncDispose]();
  await service?.[Symbol.asyncDispose]();
  await dir?.[Symbol.asyncDispose]();
});

/** Each would leave this file where a shell, MediaMTX, ffmpeg or a path took it for more than a text. */
function hostileTexts(): string[] {
  const mark = dir.join('taken');
  return [
    ...[`$(touch ${mark})`, `\`touch ${mark}\``, `; touch ${mark}`, `| touch ${mark}`, `a && touch ${mark}`],
    ...[
      `'; touch ${mark}; '`,
      `"; touch ${mark}; "`,
      `\n touch ${mark}`,
      `$MTX_PATH`,
      '${IFS}',
      '%path',
      '%n%s',
    ],
    ...[
      "' OR '1'='1",
      "'; DROP TABLE cameras; --",
      '" UNION SELECT * FROM users --',
      "\\' OR 1=1 --",
      '%',
      '_',
    ],
    ...['-i', '--help', `-y ${mark}`, `file:${mark}`, `concat:${mark}`, `pipe:1`, `tee:${mark}`, 'lavfi'],
    ...[
      mark,
      `../../../../../../..${mark}`,
      `..\\..\\taken`,
      '/dev/sda',
      '/proc/self/environ',
      'cameras/../x',
    ],
    ...['__proto__', 'constructor', 'toString', 'hasOwnProperty'],
    ...['\u0000', 'a\u0000b', '\u001b[2J', '\r\n', '\u202e', '\ud800', '\ufeff', 'a'.repeat(100_000)],
    ...['{{7*7}}', '<script>alert(1)</script>', '{"$ne":null}', '~^.*$', '(a+)+$', '*', ''],
  ];
}

/** The required params, with one text put wherever the schema of `param` takes any. */
function withText({ name, params }: Described, param: Described['params'][number], text: string): object[] {
  const sample = sampleOf(methods[name as MethodName].params) as Record<string, unknown>;
  const required = params.filter((one) => one.required).map((one) => [one.name, sample[one.name]] as const);
  const types = new Set([param.schema, ...(param.schema.anyOf ?? [])].flatMap(({ type }) => type ?? []));
  const values = [
    ...(types.has('string') ? [text] : []),
    ...(types.has('array') ? [[text]] : []),
    ...(types.has('object') ? [{ [text]: 1 }, { [text]: text }] : []),
  ];
  return values.map((value) => ({ ...Object.fromEntries(required), [param.name]: value }));
}

function isFit({ result, error }: RawReply): boolean {
  if (error === undefined) return result !== undefined;
  return known.has(error.code) && error.code !== errorCatalog.internal_error.code;
}

describe('a hostile text in any param of any method', () => {
  const called = Object.keys(methods).filter((name) => !notCalled.includes(name as MethodName));

  test.each(called)('%s: it is refused or harmless, never an internal error', async (name) => {
    const method = described.find((one) => one.name === name)!;
    const unfit: string[] = [];
    // One that is in no contract, too.
    for (const param of [
      ...method.params,
      { name: 'unknown', required: false, schema: { type: 'string' } },
    ]) {
      // A new socket: one that has sent too many wrong tokens is closed.
      await using client = await service.rawClient();
      await client.login(token);
      for (const sent of hostileTexts().flatMap((text) => withText(method, param, text))) {
        const reply = await client.call(name, sent);
        if (!isFit(reply)) unfit.push(`${JSON.stringify(sent).slice(0, 200)}: ${reply.error?.message}`);
      }
    }
    expect(unfit).toEqual([]);
  });

  test('has left the service, its database and its cameras as they were', async () => {
    expect(await admin.result('get_camera_list')).toMatchObject({ total: 1 });
    expect(await admin.result('list_users')).toHaveProperty('users');
    await until(async () => (await admin.call('take_snapshot', { device: 'camera0' })).error === undefined, {
      what: 'a snapshot',
    });
  });

  test('has run nothing and written nothing', async () => {
    expect(existsSync(dir.join('taken'))).toBe(false);
    const commands = descendantsOf(service.pid).map(({ command }) => command);
    expect(commands.filter((command) => command.includes(dir.path))).toEqual([]);
    for (const command of commands) expect(command).toMatch(/ffmpeg|mediamtx|v4l2|setpriv/);
  });
});
