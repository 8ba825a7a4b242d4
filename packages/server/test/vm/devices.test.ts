import { homedir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

import type { DeviceCandidate, DeviceIdentity, DeviceProblem } from '../../src/devices/device.ts';
import { chooseMode } from '../../src/devices/v4l2/choose-mode.ts';
import type { DeviceHolder } from '../../src/devices/v4l2/holder.ts';
import { finderOf, runInGuest } from './guest-run.ts';

interface Findings {
  start: { candidates: DeviceCandidate[]; deliveries: number; before: boolean; after: boolean };
  confirmed: { lists: DeviceCandidate[][] };
  ignored: Record<'byBus' | 'byName' | 'byNumber', string[]>;
  soon: Record<'eventMs' | 'toldMs' | 'confirmedMs', number>;
  replugged: { node: string; lists: DeviceCandidate[][] };
  'hot-plug': { candidate: DeviceCandidate; pluggedMs: number; left: string[] };
  moved: { before: DeviceCandidate; after: DeviceCandidate };
  'other-nodes': { present: string[]; listed: DeviceCandidate[]; stale: boolean };
  equal: { identities: DeviceIdentity[] };
  dead: Record<'before' | 'dead' | 'healed', DeviceCandidate>;
  'dead-unasked': Record<'dead' | 'healed', DeviceCandidate>;
  denied: { problems: (DeviceProblem | null)[] };
  holder: { free: DeviceHolder | null; holder: DeviceHolder; pid: number; problem: DeviceProblem | null };
  flutter: {
    told: { problem: DeviceProblem | null; modes: number }[];
    nodes: string[];
    listed: DeviceCandidate[];
  };
  kinds: Record<'multiplanar' | 'scaling' | 'fixed', DeviceCandidate>;
  deliveries: { repeated: number };
  stopped: { late: number };
}

const ffmpeg = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'mediamtx-camera-service/ffmpeg/ffmpeg',
);

describe('V4L2 cameras of a real kernel', () => {
  let findings: Partial<Findings>;
  const found = finderOf<Findings>(() => findings);

  beforeAll(async () => {
    findings = await runInGuest<Findings>({
      script: 'devices.mjs',
      args: [ffmpeg],
      cameras: 2,
      timeoutS: 400,
    });
  });

  it('lists the cameras that are there in one delivery, with modes and identity', () => {
    const { candidates, deliveries } = found('start');
    expect(deliveries).toBe(1);
    expect(candidates.map(({ node }) => node)).toEqual(['/dev/video0', '/dev/video1']);
    const [camera] = candidates;
    expect(camera).toMatchObject({ kind: 'usb', name: 'vivi1', problem: null });
    expect(camera?.identity).toEqual({
      driver: 'vivi1',
      card: 'vivi1',
      busInfo: 'platform:vivi1-000',
      sysPath: '/sys/devices/platform/vivi1.0',
      vendorId: null,
      productId: null,
      serial: null,
      interfaceNumber: null,
    });
    expect(camera?.capabilities.formats).toContain('YUYV');
    expect(camera?.capabilities.modes).toContainEqual({
      pixelFormat: 'YUYV',
      width: 640,
      height: 360,
      fps: 30,
    });
    expect(camera?.capabilities.modes[0]).toMatchObject({ width: 3840, height: 2160 });
  });

  it('confirms what a camera can by a second probe, which changes nothing else', () => {
    const { lists } = found('confirmed');
    const told = ['vivi1', 'vivi2'].map((wanted) =>
      lists.map((list) => list.find(({ name }) => name === wanted)?.isConfirmed),
    );
    for (const steps of told) {
      expect(steps[0]).toBe(false);
      expect(steps.at(-1)).toBe(true);
    }
    const [first] = lists;
    expect(lists.at(-1)).toEqual(first?.map((candidate) => ({ ...candidate, isConfirmed: true })));
  });

  it('lists no camera that the rules leave out', () => {
    expect(found('ignored')).toEqual({ byBus: ['vivi2'], byName: ['vivi1'], byNumber: [] });
  });

  it('offers each mode once', () => {
    const modes = found('start').candidates[0]?.capabilities.modes.map((mode) => JSON.stringify(mode)) ?? [];
    expect(new Set(modes).size).toBe(modes.length);
  });

  it('loads native code only once there is a node to ask', () => {
    expect(found('start')).toMatchObject({ before: false, after: true });
  });

  it('delivers a camera that is plugged in, and its absence when it is pulled', () => {
    const { candidate, left } = found('hot-plug');
    expect(candidate.capabilities.modes).not.toEqual([]);
    expect(left).toEqual(['vivi1', 'vivi2']);
  });

  it('tells a camera that is plugged in before it confirms it', () => {
    const { eventMs, toldMs, confirmedMs } = found('soon');
    expect([toldMs, confirmedMs, eventMs].toSorted((a, b) => a - b)).toEqual([eventMs, toldMs, confirmedMs]);
  });

  it('tells a camera that was pulled and plugged in unseen as gone and back', () => {
    const { node, lists } = found('replugged');
    expect(lists[0]).toEqual([]);
    expect(lists.at(-1)).toMatchObject([{ node, problem: null }]);
  });

  it('gives a camera that comes back under another number the same identity', () => {
    const { before, after } = found('moved');
    expect(after.node).not.toBe(before.node);
    expect(after.identity).toEqual(before.identity);
    expect(after.capabilities).toEqual(before.capabilities);
  });

  it('leaves out metadata and output nodes, and nodes whose device is gone', () => {
    const { present, listed, stale } = found('other-nodes');
    expect(present).toEqual(
      expect.arrayContaining(['video0', 'video2', 'video3', 'video7', 'video9', 'video40']),
    );
    expect(listed.map(({ node }) => node)).toEqual(['/dev/video9']);
    expect(stale).toBe(false);
  });

  it('tells two equal cameras of one parent apart by their bus', () => {
    const [one, two] = found('equal').identities;
    expect(one?.sysPath).toBe(two?.sysPath);
    expect(one?.busInfo).not.toBe(two?.busInfo);
  });

  it('names a device that stays but answers ENODEV, keeps what is known of it, and sees it heal', () => {
    const { before, dead, healed } = found('dead');
    expect(dead.problem?.status).toBe('ERROR');
    expect(dead.problem?.reason).toContain('ENODEV');
    expect({ ...dead, problem: null }).toEqual(before);
    expect(healed).toEqual(before);
  });

  it('notices at a re-scan that a device is dead, and by itself that it healed', () => {
    const { dead, healed } = found('dead-unasked');
    expect(dead.problem?.reason).toContain('ENODEV');
    expect(healed).toEqual({ ...dead, problem: null });
    expect(healed.isConfirmed).toBe(true);
  });

  it('waits for permission, then says what is missing, and recovers when it is given', () => {
    expect(found('denied').problems).toEqual([
      { status: 'PROBING', code: 'probing', reason: expect.any(String) },
      { status: 'ERROR', code: 'permission', reason: 'permission denied: add the user to group video' },
      null,
    ]);
  });

  it('names the program that streams from a device, which stays listed without a problem', () => {
    const { free, holder, pid, problem } = found('holder');
    expect(free).toBeNull();
    expect(holder).toEqual({ pid, command: 'ffmpeg' });
    expect(problem).toBeNull();
  });

  it('ends with the truth after ten quick plugs and pulls, and never told half of it', () => {
    const { told, nodes, listed } = found('flutter');
    expect(listed.map(({ node }) => node)).toEqual(nodes);
    const modes = found('hot-plug').candidate.capabilities.modes.length;
    for (const candidate of told) expect(candidate).toEqual({ problem: null, modes });
  });

  it('says that a multi-planar device cannot be captured', () => {
    const { problem, capabilities } = found('kinds').multiplanar;
    expect(problem?.reason).toContain('planes');
    expect(capabilities.formats).not.toEqual([]);
    expect(capabilities.modes).toEqual([]);
  });

  it('makes common sizes from a stepwise range', () => {
    expect(chooseMode(found('kinds').scaling.capabilities)).toMatchObject({ width: 1280, height: 720 });
  });

  it('takes the present size of a device that enumerates none', () => {
    const sizes = found('kinds').fixed.capabilities.modes.map(({ width, height }) => `${width}x${height}`);
    expect([...new Set(sizes)]).toEqual(['1280x720']);
  });

  it('never delivered the same list twice in a row, nor anything after stop', () => {
    expect(found('deliveries').repeated).toBe(0);
    expect(found('stopped').late).toBe(0);
  });
});
