import { afterAll, beforeAll, expect, test } from 'vitest';
import { transports, type Caller } from '../contract/callers.ts';
import { bearer } from '../contract/world.ts';
import { everybody, foreign } from './matrix.ts';
import { RightsWorld } from './rights-world.ts';

type Params = Record<string, unknown>;

let rights: RightsWorld;
/** A user, a key and a session of somebody with all rights. */
let boss: { key_id: string; session_id: string };
const password = 'long enough';

beforeAll(async () => {
  rights = await RightsWorld.create();
  const { world } = rights;
  await world.result('create_user', { user: 'boss', password, role: 'admin' });
  const { key_id, key } = await world.result('create_api_key', { name: 'of the boss', role: 'admin' });
  const caller = await world.open('WebSocket');
  const { result } = await caller.call('authenticate', { token: key });
  boss = { key_id: String(key_id), session_id: String((result as Params)['session_id']) };
});
afterAll(async () => rights?.[Symbol.asyncDispose]());

/** What would give more rights than camera0, or take them from somebody who has more. */
const attempts: [what: string, method: string, params: () => Params][] = [
  ['a key for all cameras', 'create_api_key', () => ({ name: 'a', role: 'viewer' })],
  ['a key for all cameras, said so', 'create_api_key', () => ({ name: 'a', role: 'viewer', cameras: null })],
  ['a key for another camera', 'create_api_key', () => ({ name: 'a', role: 'viewer', cameras: [foreign] })],
  ['the secret of a key with more rights', 'rotate_api_key', () => ({ key_id: boss.key_id })],
  ['the end of a key with more rights', 'revoke_api_key', () => ({ key_id: boss.key_id })],
  ['a user for all cameras', 'create_user', () => ({ user: 'x', password, role: 'viewer' })],
  [
    'a user for another camera',
    'create_user',
    () => ({ user: 'y', password, role: 'viewer', cameras: [foreign] }),
  ],
  ['all cameras for a user', 'set_user', () => ({ user: 'somebody', cameras: null })],
  [
    'a password of a user with more rights',
    'set_password',
    () => ({ user: 'boss', password: 'another one' }),
  ],
  ['the same by set_user', 'set_user', () => ({ user: 'boss', password: 'another one' })],
  ['a lower role for a user with more rights', 'set_user', () => ({ user: 'boss', role: 'viewer' })],
  ['the end of a user with more rights', 'delete_user', () => ({ user: 'boss' })],
  ['the end of a session with more rights', 'end_session', () => ({ session_id: boss.session_id })],
  ['another secret for tokens', 'set_config', () => ({ changes: { 'security.jwt_secret': 'x'.repeat(40) } })],
  [
    'the end of files of all cameras',
    'set_retention_policy',
    () => ({ policy_type: 'age', max_age_days: 1, enabled: true }),
  ],
  [
    'a stream that they could neither see nor take away',
    'create_stream',
    () => ({ name: 'theirs', source: 'rtsp://127.0.0.1:9/a' }),
  ],
  ['reading without login', 'set_config', () => ({ changes: { 'security.open_reads': true } })],
];

const limited = everybody.filter(({ isLimited }) => isLimited);

test.each(attempts)('nobody who is limited to a camera gets %s', async (_what, method, params) => {
  for (const somebody of limited) {
    for (const transport of transports) {
      await using caller: Caller = await rights.world.open(transport, rights.credentialOf(somebody));
      const reply = await caller.call(method, params());
      expect(reply.error, `${somebody.who} over ${transport}: ${JSON.stringify(reply.result)}`).toBeDefined();
      expect([-32002, -32010]).toContain(reply.error!.code);
    }
  }
});

test('a limited user who logs in stays limited, with the token of that login too', async () => {
  const { world } = rights;
  await world.result('create_user', { user: 'limited', password, role: 'viewer', cameras: ['camera0'] });
  await using caller = await world.open('WebSocket');
  const { result } = await caller.call('login', { user: 'limited', password });
  const { token } = result as { token: string };
  await using byToken = await world.open('POST', bearer(token));
  await using refreshed = await world.open('POST', bearer(await refresh(byToken)));
  for (const one of [caller, byToken, refreshed]) {
    expect((await one.call('get_camera_list')).result).toMatchObject({ total: 1 });
    expect((await one.call('get_camera_status', { device: foreign })).error).toMatchObject({ code: -32010 });
  }
  // What is taken or given counts at once, in every session.
  await world.result('set_user', { user: 'limited', cameras: [foreign] });
  for (const one of [caller, byToken, refreshed]) {
    expect((await one.call('get_camera_status', { device: 'camera0' })).error).toMatchObject({
      code: -32010,
    });
    expect((await one.call('get_camera_status', { device: foreign })).error).toBeUndefined();
  }
});

async function refresh(caller: Caller): Promise<string> {
  const { result } = await caller.call('refresh_token');
  return String((result as Params)['token']);
}
