import { beforeEach, describe, expect, it } from 'vitest';

import type { DeviceCandidate } from '../../../src/devices/device.ts';
import { NodeMemory } from '../../../src/devices/v4l2/node-memory.ts';
import type { Probe } from '../../../src/devices/v4l2/probe.ts';
import { problemFor } from '../../../src/devices/v4l2/problem.ts';
import type { SysfsFacts } from '../../../src/devices/v4l2/sysfs.ts';

const NODE = '/dev/video0';
const none = { vendorId: null, productId: null, serial: null, interfaceNumber: null };

function facts(overrides: Partial<SysfsFacts> = {}): SysfsFacts {
  return {
    isPresent: true,
    name: 'C920',
    driver: 'uvcvideo',
    index: 0,
    sysPath: '/port/1',
    ...none,
    ...overrides,
  };
}

function candidate(overrides: Partial<DeviceCandidate> = {}): DeviceCandidate {
  const identity = { driver: 'uvcvideo', card: 'C920', busInfo: '', sysPath: '/port/1', ...none };
  const capabilities = { formats: [], modes: [] };
  return {
    kind: 'usb',
    node: NODE,
    name: 'C920',
    identity,
    capabilities,
    isConfirmed: false,
    problem: null,
    ...overrides,
  };
}

const HEARD = candidate({
  identity: { driver: 'uvcvideo', card: 'HD Pro Webcam C920', busInfo: 'usb-1', sysPath: '/port/1', ...none },
  capabilities: { formats: ['MJPG'], modes: [{ pixelFormat: 'MJPG', width: 1280, height: 720, fps: 30 }] },
});
const camera: Probe = { outcome: 'camera', candidate: HEARD, facts: facts() };
const metadata: Probe = { outcome: 'other', facts: facts({ index: 1 }) };

function failed(code: string, about: SysfsFacts = facts()): Probe {
  return { outcome: 'failed', code, candidate: candidate({ problem: problemFor(code) }), facts: about };
}

let memory: NodeMemory;
let nowMs: number;
beforeEach(() => {
  memory = new NodeMemory();
  nowMs = 1000;
});
const judge = (probe: Probe): DeviceCandidate | null => {
  memory.take(probe, nowMs);
  return memory.candidate;
};

describe('a camera', () => {
  it('is confirmed by a second probe that tells the same, and stays so while it is alive', () => {
    expect(judge(camera)).toEqual(HEARD);
    expect(memory.standing).toBe('provisional');
    expect(judge(camera)).toEqual({ ...HEARD, isConfirmed: true });
    expect(judge({ outcome: 'alive' })).toEqual({ ...HEARD, isConfirmed: true });
    expect(memory.standing).toBe('confirmed');
  });

  it('that only still answers is not confirmed by it', () => {
    judge(camera);
    expect(judge({ outcome: 'alive' })?.isConfirmed).toBe(false);
    expect(memory.standing).toBe('provisional');
  });

  it('that tells other modes than before is unconfirmed, until it tells the same twice', () => {
    const other = candidate({ capabilities: { formats: ['YUYV'], modes: [] } });
    judge(camera);
    judge(camera);
    expect(judge({ ...camera, candidate: other })).toEqual(other);
    expect(memory.standing).toBe('contradictory');
    expect(judge({ ...camera, candidate: other })?.isConfirmed).toBe(true);
  });
});

describe('a camera that stops answering', () => {
  it('keeps the identity and modes it had', () => {
    judge(camera);
    expect(judge(failed('ENODEV'))).toEqual({ ...HEARD, problem: problemFor('ENODEV') });
    expect(memory.standing).toBe('failed');
  });

  it('and is well again, telling the same as before, is confirmed at once', () => {
    judge(camera);
    judge(failed('ENODEV'));
    expect(judge(camera)).toEqual({ ...HEARD, isConfirmed: true });
  });

  it('is forgotten once its node is gone', () => {
    judge(camera);
    expect(judge({ outcome: 'gone' })).toBeNull();
    expect(judge(failed('ENODEV'))?.identity.busInfo).toBe('');
  });
});

describe('a node that was never heard', () => {
  it('is listed with what the kernel says of it', () => {
    expect(judge(failed('EBUSY'))).toMatchObject({ name: 'C920', problem: { status: 'BUSY' } });
  });

  it('is not listed when it is a further node of its device', () => {
    expect(judge(failed('ENODEV', facts({ index: 1 })))).toBeNull();
  });

  it('is not listed while it takes long to open', () => {
    expect(judge({ outcome: 'late' })).toBeNull();
  });
});

it('a camera that takes long to open stays, as one that is being probed, and loses that when it answers', () => {
  judge(camera);
  expect(judge({ outcome: 'late' })).toMatchObject({
    identity: HEARD.identity,
    problem: { status: 'PROBING' },
  });
  expect(judge({ outcome: 'alive' })).toEqual(HEARD);
});

it('a node that answered as metadata is no camera, also when it fails later', () => {
  expect(judge(metadata)).toBeNull();
  expect(judge(failed('EIO', facts({ index: 1 })))).toBeNull();
  expect(memory.standing).toBe('other');
});

describe('a node that denies us', () => {
  it('is being probed for two seconds, then an error with its remedy', () => {
    expect(judge(failed('EACCES'))?.problem?.status).toBe('PROBING');
    expect(memory.standing).toBe('denied');
    nowMs += 1999;
    expect(judge(failed('EACCES'))?.problem?.status).toBe('PROBING');
    nowMs += 1;
    expect(judge(failed('EACCES'))?.problem).toMatchObject({
      status: 'ERROR',
      reason: 'permission denied: add the user to group video',
    });
    expect(memory.standing).toBe('failed');
  });

  it('has its two seconds again after it opened', () => {
    judge(failed('EACCES'));
    nowMs += 5000;
    judge(camera);
    expect(judge(failed('EACCES'))?.problem?.status).toBe('PROBING');
  });
});

it('every reason says what to do or names the errno', () => {
  for (const code of ['EACCES', 'EPERM', 'ENODEV', 'ENXIO', 'EIO', 'ENOSPC', 'NATIVE', 'EBUSY', 'EPIPE']) {
    expect(problemFor(code).reason).toMatch(/: |\(E[A-Z]+\)/u);
  }
});
