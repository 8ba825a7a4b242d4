import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { AddressBudgets, CallBudget, CallBudgets } from '../../src/rpc/limits.ts';
import { Sessions } from '../../src/rpc/sessions.ts';
import { Gate } from './harness/gate.ts';
import { createCore, startRpc } from './harness/rpc-harness.ts';

const options = { ratePerMinute: 60, burst: 3, maxInFlight: 2 };

function refusalOf(budget: CallBudget, nowMs: number): unknown {
  try {
    budget.spend(nowMs);
    return undefined;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.data['retry_after_ms'];
  }
}

describe('the rate', () => {
  it('allows a burst, then one call in the time of one, and says when', () => {
    const budget = new CallBudget(options, 0);
    expect([1, 2, 3].map(() => refusalOf(budget, 0))).toEqual([undefined, undefined, undefined]);
    expect(refusalOf(budget, 0)).toBe(1000);
    expect(refusalOf(budget, 400)).toBe(600);
    expect(refusalOf(budget, 1000)).toBeUndefined();
    expect(refusalOf(budget, 1000)).toBe(1000);
  });

  it('saves up no more than the burst', () => {
    const budget = new CallBudget(options, 0);
    for (let i = 0; i < 3; i++) budget.spend(0);
    const refused = [1, 2, 3, 4].map(() => refusalOf(budget, 3_600_000));
    expect(refused).toEqual([undefined, undefined, undefined, 1000]);
  });

  it('neither grows nor shrinks when the clock is set back', () => {
    const budget = new CallBudget(options, 1_000_000);
    for (let i = 0; i < 3; i++) budget.spend(1_000_000);
    expect(refusalOf(budget, 0)).toBe(1000);
    expect(refusalOf(budget, 1000)).toBeUndefined();
  });

  it('of 0 is none', () => {
    const budget = new CallBudget({ ...options, ratePerMinute: 0 }, 0);
    for (let i = 0; i < 10_000; i++) budget.spend(0);
  });

  it('is kept by a caller and not by a POST', async () => {
    const core = createCore({ limits: options, now: () => 0 });
    for (let i = 0; i < 3; i++) expect((await core.call('ping', {}, 'viewer')).result).toBe('pong');
    expect((await core.call('ping', {}, 'viewer')).error?.code).toBe(-32040);
    expect((await core.call('ping', {}, 'operator')).result).toBe('pong');
  });

  it('counts each call of a batch, and gives no reply to a notification', async () => {
    const core = createCore({ limits: options, now: () => 0 });
    const batch = [1, 2, 3, 4, 5].map((id) => ({ jsonrpc: '2.0', method: 'ping', id }));
    const replies = await core.post(JSON.stringify(batch));
    expect((JSON.parse(replies!) as { error?: unknown }[]).map(({ error }) => error !== undefined)).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
    expect(await core.post('{"jsonrpc":"2.0","method":"ping"}')).toBeUndefined();
  });

  it('of an address is that of everybody who calls from it, and of nobody else', async () => {
    const addressBudgets = new AddressBudgets(() => 18);
    await using rpc = await startRpc({ addressBudgets, now: () => 0 });
    const [first, second] = [await rpc.connect(), await rpc.connect()];
    for (const client of [first, second, first]) expect((await client.call('ping')).result).toBe('pong');
    expect((await second.call('ping')).error).toMatchObject({
      code: -32040,
      data: { reason: 'too_many_calls' },
    });
    expect(await rpc.post('{"jsonrpc":"2.0","id":1,"method":"ping"}')).toContain('"result":"pong"');
  });

  it('of one connection is not that of another', async () => {
    await using rpc = await startRpc({ limits: options, now: () => 0 });
    const [first, second] = [await rpc.connect(), await rpc.connect()];
    for (let i = 0; i < 3; i++) await first.call('ping');
    expect((await first.call('ping')).error).toMatchObject({ code: -32040, data: { retry_after_ms: 1000 } });
    expect((await second.call('ping')).result).toBe('pong');
  });
});

it('budgets of callers that did nothing for long are forgotten, others kept', () => {
  const budgets = new CallBudgets(options);
  const busy = budgets.of('busy', 0);
  busy.callStarted();
  for (let i = 0; i < 10_000; i++) budgets.of(`caller ${i}`, 0);
  budgets.of('one more', 1_000);
  expect(budgets.of('busy', 1_000)).toBe(busy);
});

describe('calls in flight', () => {
  it('are limited, and their end makes room', async () => {
    const finish = new Gate();
    await using rpc = await startRpc({
      limits: { ratePerMinute: 0, burst: 1, maxInFlight: 2 },
      handlers: {
        get_camera_list: async () => {
          await finish.opened;
          return { cameras: [], total: 0, connected: 0 };
        },
      },
    });
    const client = await rpc.connect('viewer');
    const running = [client.call('get_camera_list'), client.call('get_camera_list')];
    const refused = await client.call('ping');
    expect(refused.error).toMatchObject({ code: -32040, data: { reason: 'too_many_in_flight' } });
    finish.open();
    for (const reply of await Promise.all(running)) expect(reply.error).toBeUndefined();
    expect((await client.call('ping')).result).toBe('pong');
  });

  it('of a hundred at once are all answered', async () => {
    await using rpc = await startRpc();
    const client = await rpc.connect('operator');
    const methods = ['ping', 'get_camera_list', 'take_snapshot', 'nothing'];
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, i) => client.call(methods[i % 4]!, { device: 'camera0' })),
    );
    expect(replies.filter(({ error }) => error?.code === -32601)).toHaveLength(25);
    expect(replies.filter(({ result }) => result !== undefined)).toHaveLength(75);
  });
});

describe('connections', () => {
  it('are limited in all and by address, and a closed one makes room', async () => {
    await using rpc = await startRpc({ connections: { maxConnections: 3, maxConnectionsPerAddress: 2 } });
    const first = await rpc.connect('viewer');
    expect(rpc.rpc.mayAccept('127.0.0.1')).toBe(true);
    const second = await rpc.connect('viewer');
    expect(rpc.rpc.mayAccept('127.0.0.1')).toMatch(/max_connections_per_address/);
    expect(rpc.rpc.mayAccept('192.0.2.7')).toBe(true);
    const third = await rpc.connect('viewer');
    expect(rpc.rpc.mayAccept('192.0.2.7')).toMatch(/max_connections\)/);
    first.socket.close();
    second.socket.close();
    await Promise.all([first.closed, second.closed]);
    while (rpc.sessions.size > 1) await third.settle();
    expect(rpc.rpc.mayAccept('127.0.0.1')).toBe(true);
  });

  it('are refused while the service shuts down', () => {
    const sessions = new Sessions({ maxConnections: 3, maxConnectionsPerAddress: 2 });
    sessions.refuseNew();
    expect(sessions.mayAccept('127.0.0.1')).toMatch(/shuts down/);
  });
});
