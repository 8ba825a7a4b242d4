import { isDeepStrictEqual } from 'node:util';
import {
  isMethodName,
  methods,
  roles,
  type MethodName,
  type RequiredRole,
} from '@mediamtx-camera-service/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenCalls, requiredParams, type BrokenCall, type Described } from './broken-calls.ts';
import { transports, type Caller, type Reply, type Transport } from './callers.ts';
import { faultsOf } from './judge.ts';
import { validCases, type ValidCase } from './valid.ts';
import { bearer, makeToken, World } from './world.ts';

const ranks: readonly RequiredRole[] = ['none', ...roles];
const names = Object.keys(methods).filter(isMethodName);

let world: World;
let described: Map<string, Described>;
const callers = new Map<string, Caller>();

beforeAll(async () => {
  world = await World.create();
  const document = (await (await fetch(`${world.service.httpUrl}/openrpc.json`)).json()) as {
    methods: Described[];
  };
  described = new Map(document.methods.map((method) => [method.name, method]));
  for (const transport of transports) {
    for (const role of ranks) callers.set(`${role} ${transport}`, await openAs(role, transport));
  }
});
afterAll(async () => {
  for (const caller of callers.values()) await caller[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});

async function openAs(role: RequiredRole, transport: Transport): Promise<Caller> {
  return await world.open(transport, role === 'none' ? {} : bearer(makeToken(role)));
}

const callerOf = (role: RequiredRole, transport: Transport) => callers.get(`${role} ${transport}`)!;
const isEnough = (have: RequiredRole, needed: RequiredRole) => ranks.indexOf(have) >= ranks.indexOf(needed);

test('rpc.discover and /openrpc.json tell every method of the contract', async () => {
  expect([...described.keys()].toSorted()).toEqual(names.toSorted());
  const { result } = await callerOf('none', 'WebSocket').call('rpc.discover');
  expect((result as { methods: unknown }).methods).toEqual([...described.values()]);
});

describe.each(names)('%s', (name) => {
  const needed = methods[name].role;
  const enough = ranks.filter((role) => isEnough(role, needed));
  const tooLow = ranks.filter((role) => !isEnough(role, needed));

  describe.each(transports)('over %s', (transport) => {
    if (tooLow.length > 0) {
      test('is refused to a role too low, whatever is sent', async () => {
        const calls = [
          { what: 'required params', params: requiredParams(name) },
          { what: 'no params', params: undefined },
          ...brokenCalls(described.get(name)!),
        ];
        const faults = await Promise.all(
          tooLow.map((role) => faultsOfAll(calls, (call) => refusalFaults(name, role, { call, transport }))),
        );
        expect(faults.flat()).toEqual([]);
      });
    }

    test('refuses params that break a rule, naming them', async () => {
      const calls = brokenCalls(described.get(name)!);
      const faults = await Promise.all(
        enough.map((role) => faultsOfAll(calls, (call) => paramFaults(name, role, { call, transport }))),
      );
      expect(faults.flat()).toEqual([]);
    });

    test('succeeds for every role that is high enough, and passes over what it does not know', async () => {
      const faults: string[] = [];
      for (const [at, role] of [...enough, enough[0]!].entries()) {
        const extra = at < enough.length ? {} : { unknown_param: { a: [1] }, auth_tokens: 'x' };
        faults.push(...(await validFaults(name, role, { extra, transport })));
      }
      expect(faults).toEqual([]);
    });
  });
});

/** Asks a hundred at a time: a session runs 256 calls at most. */
async function faultsOfAll<T>(calls: T[], judge: (call: T) => Promise<string[]>): Promise<string[]> {
  const faults: string[][] = [];
  for (let at = 0; at < calls.length; at += 50) {
    faults.push(...(await Promise.all(calls.slice(at, at + 50).map(judge))));
  }
  return faults.flat();
}

async function refusalFaults(
  name: MethodName,
  role: RequiredRole,
  { call, transport }: { call: Pick<BrokenCall, 'what' | 'params'>; transport: Transport },
): Promise<string[]> {
  const reply = await callerOf(role, transport).call(name, call.params);
  const expected = role === 'none' ? -32001 : -32002;
  const { code, data } = reply.error ?? {};
  const isTold =
    role === 'none'
      ? data?.['reason'] === 'login_required'
      : isDeepStrictEqual([data?.['required_role'], data?.['have_role']], [methods[name].role, role]);
  const faults = [
    ...(code === expected && isTold ? [] : [`expected ${expected}, got ${shorten(reply)}`]),
    ...faultsOf(name, reply),
  ];
  return faults.map((fault) => `${role}, ${call.what}: ${fault}`);
}

async function paramFaults(
  name: MethodName,
  role: RequiredRole,
  { call, transport }: { call: BrokenCall; transport: Transport },
): Promise<string[]> {
  const reply = await callerOf(role, transport).call(name, call.params);
  const { code, data } = reply.error ?? {};
  const param = String(data?.['param']);
  const isNamed = call.param === '' ? param === '' : param.startsWith(call.param);
  const faults = [
    ...(code === -32602 && isNamed && data?.['rule'] !== ''
      ? []
      : [`expected -32602 of ${call.param || 'all'}, got ${shorten(reply)}`]),
    ...faultsOf(name, reply),
  ];
  return faults.map((fault) => `${role}, ${call.what}: ${fault}`);
}

async function validFaults(
  name: MethodName,
  role: RequiredRole,
  { extra, transport }: { extra: Record<string, unknown>; transport: Transport },
): Promise<string[]> {
  const valid: ValidCase = validCases[name];
  try {
    const reply = await callValid(name, valid, { role, extra, transport });
    const isUnsupported = valid.socketOnly === true && transport === 'POST';
    const expected = isUnsupported ? -32030 : valid.testCameraError;
    const faults = reply.error?.code === expected ? faultsOf(name, reply) : [`got ${shorten(reply)}`];
    return faults.map((fault) => `${role}: ${fault}`);
  } catch (error) {
    return [`${role}: ${String(error)}`];
  } finally {
    await valid.after?.(world);
  }
}

async function callValid(
  name: MethodName,
  valid: ValidCase,
  { role, extra, transport }: { role: RequiredRole; extra: Record<string, unknown>; transport: Transport },
): Promise<Reply> {
  if (!valid.ownLogin) {
    const params = await valid.params(world, nobody);
    return await callerOf(role, transport).call(name, { ...params, ...extra });
  }
  const user = await world.createUser(role === 'none' ? 'viewer' : role);
  await using caller = await world.open(transport, role === 'none' ? {} : bearer(user.token));
  return await caller.call(name, { ...(await valid.params(world, user)), ...extra });
}

const nobody = { user: '', password: '', token: '' };

function shorten(reply: Reply): string {
  return JSON.stringify(reply.error ?? reply.result ?? null).slice(0, 300);
}
