import { isMethodName, methods } from '@mediamtx-camera-service/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultsOf } from '../contract/judge.ts';
import { validCases, type ValidCase } from '../contract/valid.ts';
import { bearer, makeToken, World, type StoredUser } from '../contract/world.ts';
import { referenceExamples } from './examples.ts';

const { methods: examples } = await referenceExamples();
const names = Object.keys(methods).filter(isMethodName);

/** What names something that was there when the example was recorded; here it is another. */
const naming = [
  ...['auth_token', 'token', 'user', 'password', 'current_password', 'key_id', 'session_id'],
  ...['filename', 'device', 'other', 'name', 'controls', 'cameras', 'stream', 'differs_from'],
];

let world: World;

beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world?.[Symbol.asyncDispose]());

describe('every example of the reference works as shown', () => {
  test.for(names)('%s', async (name) => {
    const valid: ValidCase = validCases[name];
    const { params = {}, result: shown } = examples[name]!;
    const user = await world.createUser('admin');
    await using caller = await world.open(
      'WebSocket',
      bearer(valid.ownLogin ? user.token : makeToken('admin')),
    );
    const reply = await caller.call(name, { ...params, ...(await here(valid, { params, user })) });
    await valid.after?.(world);
    expect(reply.error?.code, JSON.stringify(reply.error)).toBe(valid.testCameraError);
    expect(faultsOf(name, reply)).toEqual([]);
    if (reply.error === undefined && shown !== undefined) expect(keysOf(reply.result)).toEqual(keysOf(shown));
  });
});

/** Those params of the example that must name what exists. */
async function here(
  valid: ValidCase,
  { params, user }: { params: Record<string, unknown>; user: StoredUser },
): Promise<Record<string, unknown>> {
  const present = await valid.params(world, user);
  return Object.fromEntries(
    Object.entries(present).filter(([key]) => naming.includes(key) && Object.hasOwn(params, key)),
  );
}

/** Of the result itself; one that depends on the moment is told by the schema. */
function keysOf(result: unknown): unknown {
  if (Array.isArray(result) || typeof result !== 'object' || result === null) return typeof result;
  return Object.keys(result).toSorted();
}
