import { until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { Demand } from '../../src/cameras/demand.ts';

function createDemand(lingerMs = 0) {
  const changes: boolean[] = [];
  const demand = new Demand({ lingerMs, onChange: (isWanted) => changes.push(isWanted) });
  return Object.assign(demand, { changes, [Symbol.dispose]: () => demand.stop() });
}

const longMs = 600_000;

test('the first reason makes it wanted at once, and the last one that goes unwanted', async () => {
  using demand = createDemand();
  const releases = [demand.hold('recording'), demand.hold('snapshot')];
  expect(demand).toMatchObject({ isWanted: true, reasons: ['recording', 'snapshot'], changes: [true] });
  releases[0]!();
  expect(demand).toMatchObject({ isWanted: true, reasons: ['snapshot'] });
  releases[1]!();
  await until(() => !demand.isWanted);
  expect(demand.changes).toEqual([true, false]);
});

test('after the last reason it lingers, and a new one finds it wanted still', () => {
  using demand = createDemand(longMs);
  demand.hold('snapshot')();
  expect(demand).toMatchObject({ isWanted: true, reasons: [] });
  demand.setReaders(1);
  expect(demand).toMatchObject({ isWanted: true, reasons: ['readers'], changes: [true] });
});

test('a linger that a new reason has ended does not end that one later', async () => {
  using demand = createDemand(30);
  demand.hold('snapshot')();
  const release = demand.hold('recording');
  using other = createDemand(60);
  other.hold('snapshot')();
  // The other's linger is the longer one, so this one's is long over.
  await until(() => !other.isWanted);
  expect(demand.isWanted).toBe(true);
  release();
  await until(() => !demand.isWanted);
});

test('two holds for one reason are two, and each is released once', async () => {
  using demand = createDemand();
  const [first, second] = [demand.hold('snapshot'), demand.hold('snapshot')];
  expect(demand.reasons).toEqual(['snapshot']);
  first();
  first();
  expect(demand).toMatchObject({ isWanted: true, reasons: ['snapshot'] });
  second();
  await until(() => !demand.isWanted);
});

test('a touch ends by itself, and a later one makes it last longer', async () => {
  using demand = createDemand();
  demand.touch('player', 20);
  expect(demand.reasons).toEqual(['player']);
  demand.touch('player', longMs);
  demand.touch('hls', 20);
  await until(() => !demand.reasons.includes('hls'));
  expect(demand).toMatchObject({ isWanted: true, reasons: ['player'] });
  demand.untouch('player');
  await until(() => !demand.isWanted);
});

test('readers count as long as there are any', async () => {
  using demand = createDemand();
  for (const count of [1, 3, 1]) demand.setReaders(count);
  expect(demand.changes).toEqual([true]);
  demand.setReaders(0);
  await until(() => !demand.isWanted);
});

test('who asked to watch is expected until readers are counted, and no longer', () => {
  using demand = createDemand();
  demand.expectReader('player', longMs);
  demand.touch('start_streaming', longMs);
  expect(demand.reasons).toEqual(['player', 'start_streaming']);
  demand.setReaders(1);
  expect(demand.reasons).toEqual(['start_streaming', 'readers']);
});

test('once stopped it says nothing more', () => {
  using demand = createDemand();
  const release = demand.hold('recording');
  demand.stop();
  release();
  demand.hold('snapshot');
  demand.setReaders(2);
  expect(demand.changes).toEqual([true]);
});
