import { EventEmitter, once } from 'node:events';
import { expect, it } from 'vitest';

import { NodeWatch, type NodeWatchDeps, type Question } from '../../../src/devices/v4l2/node-watch.ts';
import type { Probe } from '../../../src/devices/v4l2/probe.ts';
import { problemFor } from '../../../src/devices/v4l2/problem.ts';
import { usbCamera } from '../../cameras/samples.ts';

// Long enough that nothing in a test comes from the clock.
const NEVER_MS = 3_600_000;
const life = { device: 'one', access: 'a' };
const facts = { ...usbCamera().identity, isPresent: true, name: 'HD Webcam', index: 0 };
const camera: Probe = { outcome: 'camera', candidate: usbCamera(), facts };
const failure: Probe = {
  outcome: 'failed',
  code: 'EIO',
  candidate: usbCamera({}, { problem: problemFor('EIO') }),
  facts,
};

interface Watched {
  node: NodeWatch;
  /** What the device was asked. */
  questions: Question[];
  /** For each answer, whether it was news. */
  news: boolean[];
}

/** A device that gives these answers one after the other, the last one for ever. */
function watchNode(answers: (Probe | Promise<Probe>)[], options: Partial<NodeWatchDeps> = {}): Watched {
  const questions: Question[] = [];
  const news: boolean[] = [];
  const node = new NodeWatch({
    life,
    ask: async (question) => {
      questions.push(question);
      return answers[Math.min(questions.length, answers.length) - 1] ?? { outcome: 'gone' };
    },
    probeTimeoutMs: NEVER_MS,
    confirmMs: NEVER_MS,
    onAnswer: (isNews) => news.push(isNews),
    ...options,
  });
  return { node, questions, news };
}

async function look({ node }: Watched, ...[depth, now = life]: Parameters<NodeWatch['look']> | ['changes']) {
  node.look(depth, now);
  await node.isAnswered;
}

it('a new node is asked everything, and not again by looks that follow an event', async () => {
  const watched = watchNode([camera]);
  await look(watched, 'changes');
  await look(watched, 'changes');
  expect(watched.questions).toEqual(['everything']);
  expect(watched.news).toEqual([true]);
});

it('a first probe sets the time of the second, which confirms it', async () => {
  const watched = watchNode([camera], { confirmMs: 0 });
  await look(watched, 'changes');
  expect(watched.node.candidate?.isConfirmed).toBe(false);
  expect(watched.node.dueMs).toBeLessThanOrEqual(performance.now());
  await look(watched, 'changes');
  expect(watched.node.candidate?.isConfirmed).toBe(true);
  expect(watched.node.dueMs).toBeUndefined();
});

it('re-scans that come quicker than the second probe do not put it off', async () => {
  const watched = watchNode([camera, { outcome: 'alive' }]);
  await look(watched, 'changes');
  const { dueMs } = watched.node;
  await look(watched, 'alive', life);
  expect(watched.questions).toEqual(['everything', 'alive']);
  expect(watched.node.dueMs).toBe(dueMs);
});

it('a re-scan asks a camera only whether it is alive, which is no news', async () => {
  const watched = watchNode([camera, camera, { outcome: 'alive' }]);
  await look(watched, 'everything', life);
  await look(watched, 'everything', life);
  await look(watched, 'alive', life);
  expect(watched.questions).toEqual(['everything', 'everything', 'alive']);
  expect(watched.news).toEqual([true, true, false]);
});

it('a re-scan asks no node that is no camera, and one that is wanted to be known fully', async () => {
  const watched = watchNode([{ outcome: 'other', facts }]);
  await look(watched, 'changes');
  await look(watched, 'alive', life);
  expect(watched.questions).toEqual(['everything']);
  await look(watched, 'everything', life);
  expect(watched.questions).toEqual(['everything', 'everything']);
});

it('a static node whose device was gone is asked at each re-scan', async () => {
  const watched = watchNode([{ outcome: 'gone' }, camera]);
  await look(watched, 'changes');
  expect(watched.node.candidate).toBeNull();
  await look(watched, 'alive', life);
  expect(watched.node.candidate).not.toBeNull();
});

it('a camera whose rights changed is asked whether we may still open it', async () => {
  const watched = watchNode([camera, failure]);
  await look(watched, 'changes');
  await look(watched, 'changes', { ...life, access: 'b' });
  expect(watched.questions).toEqual(['everything', 'alive']);
  expect(watched.node.candidate?.problem).toEqual(problemFor('EIO'));
});

it('a failed device is not asked before its time, but at any event', async () => {
  const watched = watchNode([failure]);
  await look(watched, 'changes');
  expect(watched.node.dueMs).toBeGreaterThan(performance.now());
  await look(watched, 'changes');
  expect(watched.questions).toHaveLength(1);
  watched.node.hurry();
  await look(watched, 'changes');
  expect(watched.questions).toHaveLength(2);
});

it('an event does not hurry the second probe of a new camera', async () => {
  const watched = watchNode([camera]);
  await look(watched, 'changes');
  watched.node.hurry();
  await look(watched, 'changes');
  expect(watched.questions).toHaveLength(1);
});

it('a wish during a question is a question of its own, and the larger of two', async () => {
  const watched = watchNode([camera]);
  watched.node.look('changes', life);
  watched.node.look('everything', life);
  watched.node.look('alive', life);
  await watched.node.isAnswered;
  expect(watched.questions).toEqual(['everything', 'everything']);
});

it('a device that hangs is late, is not opened again, and its one answer counts once', async () => {
  const answers = new EventEmitter();
  const hanging = once(answers, 'answer').then((): Probe => camera);
  const watched = watchNode([hanging], { probeTimeoutMs: 0 });
  await look(watched, 'changes');
  await look(watched, 'everything', life);
  expect(watched.questions).toEqual(['everything']);
  expect(watched.node.candidate).toBeNull();
  answers.emit('answer');
  await expect.poll(() => watched.node.candidate).toEqual(usbCamera());
});

it('what a device says after it was stopped does not count', async () => {
  const watched = watchNode([camera]);
  watched.node.look('changes', life);
  watched.node.stop();
  await watched.node.isAnswered;
  expect(watched.node.candidate).toBeNull();
  expect(watched.news).toEqual([]);
});
