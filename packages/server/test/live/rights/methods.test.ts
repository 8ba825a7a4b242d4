import { methods } from '@mediamtx-camera-service/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transports, type Caller, type Reply, type Transport } from '../contract/callers.ts';
import { faultsOf } from '../contract/judge.ts';
import { everybody, expectedOf, matrix, missing, withoutCell, type Row, type Somebody } from './matrix.ts';
import { RightsWorld, tellsOfForeign } from './rights-world.ts';

let rights: RightsWorld;
const callers = new Map<string, Caller>();
beforeAll(async () => {
  rights = await RightsWorld.create();
  for (const transport of transports) {
    for (const somebody of everybody) {
      callers.set(
        `${somebody.who} ${transport}`,
        await rights.world.open(transport, rights.credentialOf(somebody)),
      );
    }
  }
});
afterAll(async () => {
  for (const caller of callers.values()) await caller[Symbol.asyncDispose]();
  await rights?.[Symbol.asyncDispose]();
});

test('every method has its row, with the role of the contract', () => {
  const rows = new Set(matrix.map(({ method }) => method));
  expect([...rows, ...withoutCell].toSorted()).toEqual(Object.keys(methods).toSorted());
  const differing = matrix.filter(({ method, role }) => methods[method].role !== role);
  // Everybody may set the own password; of others only an admin.
  expect(differing.map(({ method }) => method)).toEqual(['set_password']);
});

describe.each(transports)('over %s', (transport) => {
  describe.each(everybody)('$who', (somebody) => {
    test.each(matrix.map((row, at) => [`${at + 1} ${row.method} of ${row.target}`, row] as const))(
      '%s',
      async (_title, row) => {
        const faults = await cellFaults(row, somebody, { transport, isForeign: false });
        if (row.target !== 'nothing') {
          faults.push(...(await cellFaults(row, somebody, { transport, isForeign: true })));
        }
        expect(faults).toEqual([]);
      },
    );
  });
});

interface Cell {
  transport: Transport;
  isForeign: boolean;
}

async function cellFaults(row: Row, somebody: Somebody, { transport, isForeign }: Cell): Promise<string[]> {
  // A stream of create_stream is nobody's own.
  const isHidden = isForeign || row.target === 'stream';
  const expected = expectedOf(row, somebody, isHidden);
  const isOverPost = transport === 'POST' && row.method.endsWith('subscribe_events');
  const outcomes = isOverPost && expected.includes('result') ? [-32030] : expected;
  const isNew = row.isConsuming === true && expected.includes('result');
  const target = await rights.targetOf(row.target, { isForeign, isNew });
  const reply = await callAs(somebody, row, { transport, params: row.params(target) });
  const what = `${isForeign ? 'foreign' : 'own'} ${target}: ${JSON.stringify(reply.error ?? reply.result).slice(0, 200)}`;
  const isExpected = outcomes.includes(reply.error?.code ?? 'result');
  const faults = isExpected ? faultsOf(row.method, reply) : [`expected ${outcomes.join(' or ')}`];
  if (somebody.isLimited && !isHidden && tellsOfForeign(JSON.stringify(reply)))
    faults.push(`tells of what is foreign: ${contextOfForeign(JSON.stringify(reply))}`);
  if (somebody.isLimited && isHidden) {
    const other = await callAs(somebody, row, { transport, params: row.params(absentLike(target)) });
    if (withoutName(other, absentLike(target)) !== withoutName(reply, target))
      faults.push(`not like one that doesn't exist: ${JSON.stringify(other)}`);
  }
  return faults.map((fault) => `${fault} (${what})`);
}

async function callAs(
  somebody: Somebody,
  { method, isOwnLogin }: Row,
  { transport, params }: { transport: Transport; params: Record<string, unknown> },
): Promise<Reply> {
  if (!isOwnLogin) return await callers.get(`${somebody.who} ${transport}`)!.call(method, params);
  await using caller = await rights.world.open(transport, await rights.newCredential(somebody));
  return await caller.call(method, params);
}

/** A name of the same kind that nothing has. */
function absentLike(target: string): string {
  return /^camera\d+/.test(target) ? target.replace(/^camera\d+/, missing) : `${target}-absent`;
}

/** The reply as text, but for its id and the name that was asked for. */
function withoutName(reply: Reply, name: string): string {
  return JSON.stringify({ ...reply, id: null }).replaceAll(name, 'NAME');
}

function contextOfForeign(text: string): string {
  const at = text.search(/camera1(?![0-9])|Foreign eye|foreign-stream/);
  return text.slice(Math.max(0, at - 120), at + 60);
}
