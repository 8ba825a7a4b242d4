import type { Camera } from '@mediamtx-camera-service/protocol';
import { expect, it } from 'vitest';
import type { Identity } from '../../src/auth/identity.ts';
import { doubtful } from '../../src/cameras/recognition.ts';
import { startingReport, type HealthReport } from '../../src/health/report.ts';
import { answerHealth, healthPaths } from '../../src/health/answers.ts';
import { hideForeign } from '../../src/rpc/hide-foreign.ts';
import { cameraObject } from '../http/support.ts';
import { systemHandlers } from '../../src/rpc/handlers/system.ts';
import { CameraLab } from '../cameras/harness.ts';
import { createCore, identityOf, startRpc } from './harness/rpc-harness.ts';

const ofCamera0 = identityOf('admin', { cameras: ['camera0', 'camera2'] });
const everywhere = identityOf('admin');
const problems = [
  { component: 'camera1', reason: 'device busy: zoom uses it' },
  { component: 'camera0', reason: 'no frame for 5 s' },
  { component: 'mediamtx', reason: 'MediaMTX does not answer' },
];
const { notice } = doubtful(['camera1', 'camera2']);
const report: HealthReport = {
  ...startingReport({ uptimeSeconds: 1, version: '0.0.0' }),
  ...{ isStarting: false, status: 'DEGRADED', problems },
};

const isForeign = /camera1(?!\d)|zoom/;

const unasked = (): never => {
  throw new Error('not asked for in this test');
};

function recognised(): Camera {
  const candidates = ['camera1', 'camera2'];
  return { ...cameraObject('camera0'), identity: { matched_by: [], score: null, notice, candidates } };
}

it('system.health events: problems of foreign cameras, live and by a replay', async () => {
  await using rpc = await startRpc({ upgradeIdentity: ofCamera0 });
  const client = await rpc.connect();
  await client.call('subscribe_events', { topics: ['system.health'] });
  rpc.events.append('system.health', { status: 'DEGRADED', problems });
  await client.settle();
  await client.call('subscribe_events', { topics: ['system.health'], after_seq: 0 });
  await client.until(() => client.notifications('event').length === 2);
  expect(client.texts.join()).not.toMatch(isForeign);
  for (const { params } of client.notifications('event')) {
    expect(params).toMatchObject({ data: { status: 'DEGRADED', problems: problems.slice(1) } });
  }
});

it('camera.status_change events and camera_status_update: what else a camera might be', async () => {
  await using rpc = await startRpc({ upgradeIdentity: ofCamera0 });
  const client = await rpc.connect();
  await client.call('subscribe_events', { topics: ['camera.status_change', 'camera_status_update'] });
  rpc.events.append('camera.status_change', { device: 'camera0', to: 'CONNECTED', notice }, 'camera0');
  rpc.notifier.notify('camera_status_update', recognised(), 'camera0');
  await client.settle();
  expect(client.texts.join()).not.toMatch(isForeign);
  const told = { notice: doubtful(['camera2']).notice };
  expect(client.notifications('event')).toMatchObject([{ params: { data: told } }]);
  expect(client.notifications('camera_status_update')).toMatchObject([
    { params: { identity: { ...told, candidates: ['camera2'] } } },
  ]);
});

it('Camera objects: what else a camera might be', () => {
  expect(hideForeign(recognised(), ofCamera0).identity).toMatchObject({
    candidates: ['camera2'],
    notice: doubtful(['camera2']).notice,
  });
  const alone: Identity = { ...ofCamera0, cameras: ['camera0'] };
  expect(hideForeign(recognised(), alone).identity).toMatchObject({ candidates: [], notice: null });
});

it('to who may see all, all is told, in the very same object', () => {
  for (const payload of [recognised(), { problems }, { notice }]) {
    expect(hideForeign(payload, everywhere)).toBe(payload);
    expect(hideForeign(payload, undefined)).toBe(payload);
  }
});

it('get_status and get_system_status: problems of foreign cameras', async () => {
  await using lab = await CameraLab.create();
  const core = createCore({
    handlers: systemHandlers({
      health: { report: () => report },
      cameras: lab.createRegistry(),
      monitor: { state: 'RUNNING' },
      media: { mode: 'managed', limitations: [], ownRules: [], controller: undefined as never },
      metrics: { gather: unasked },
      ...{ version: '0.0.0', buildDate: '', warnings: () => [] },
    }),
  });
  const ask = async (method: string, identity: Identity) =>
    String(
      await core.rpc.handlePost(JSON.stringify({ jsonrpc: '2.0', id: 1, method }), {
        ...{ remoteAddress: '192.0.2.1', host: 'localhost', identity },
        signal: new AbortController().signal,
      }),
    );
  for (const method of ['get_status', 'get_system_status']) {
    expect(await ask(method, everywhere), method).toMatch(isForeign);
    const told = await ask(method, ofCamera0);
    expect(told, method).toContain('no frame for 5 s');
    expect(told, method).not.toMatch(isForeign);
  }
});

it('/health: which camera does not work, and what uses it', () => {
  const source = { report: () => report };
  for (const path of healthPaths) {
    expect(JSON.stringify(answerHealth(path, source).body), path).not.toMatch(/camera\d|zoom/);
  }
  expect(answerHealth('/health/detailed', source).body['problems']).toEqual([
    problems[2],
    { component: 'cameras', reason: '2 cameras do not work; get_status tells which and why' },
  ]);
});
