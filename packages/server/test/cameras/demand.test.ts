import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Demand } from '../../src/cameras/demand.ts';

function createDemand(lingerMs = 0): { demand: Demand; changes: boolean[] } {
  const changes: boolean[] = [];
  return { demand: new Demand({ lingerMs, onChange: (isWanted) => changes.push(isWanted) }), changes };
}

test('the first reason makes it wanted, the last one to go ends it', async () => {
  const { demand, changes } = createDemand();
  const release = demand.hold('recording');
  const other = demand.hold('recording');
  demand.setReaders(2);
  expect(demand.reasons).toEqual(['recording', 'readers']);
  release();
  release();
  demand.setReaders(0);
  expect(changes).toEqual([true]);
  other();
  await expect.poll(() => changes).toEqual([true, false]);
});

test('it lingers, and a reason that comes meanwhile keeps it', async () => {
  const { demand, changes } = createDemand(20);
  demand.hold('recording')();
  expect(demand.isWanted).toBe(true);
  const release = demand.hold('snapshot');
  await delay(40);
  expect(changes).toEqual([true]);
  release();
  await expect.poll(() => changes).toEqual([true, false]);
});

test('who asked to watch is expected until readers are counted, and no longer', () => {
  const { demand } = createDemand();
  demand.expectReader('player', 60_000);
  demand.touch('start_streaming', 60_000);
  expect(demand.reasons).toEqual(['player', 'start_streaming']);
  demand.setReaders(1);
  expect(demand.reasons).toEqual(['start_streaming', 'readers']);
  demand.stop();
});
