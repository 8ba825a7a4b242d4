import type { WebcamMode } from '@mediamtx-camera-service/testkit';
import { beforeAll, describe, expect, it } from 'vitest';

import { frameDistance } from '../../src/capture/read-number.ts';
import type { Probe } from '../../src/devices/v4l2/probe.ts';
import { finderOf, runInGuest } from './guest-run.ts';

interface Findings {
  found: {
    nodes: string[];
    vendorId: string;
    productId: string;
    serial: string;
    directory: string;
    probes: Probe[];
  };
  pictures: { captured: { numbers: (number | null)[]; mode: WebcamMode | null; stderr: string }[] };
  controls: { refused: string | null; values: Record<string, number> };
  /** The guest waited until each fault showed. */
  faults: { sound: number[]; stalled: number; complaints: string };
  dead: { received: number; code: number; stderrAgain: string; probe: Probe; numbers: number[] };
  'fails-once': { code: number; stderr: string; numbers: number[] };
  moved: {
    code: number;
    stderr: string;
    left: string[];
    probe: Probe;
    brightness: number;
    numbers: number[];
  };
  twins: { probes: Probe[]; numbers: number[][] };
  ended: { nodes: string[] };
}

describe('a USB webcam that is emulated down to its wire', () => {
  let findings: Partial<Findings>;
  const found = finderOf<Findings>(() => findings);

  beforeAll(async () => {
    findings = await runInGuest<Findings>({ script: 'usb-webcam.mjs', cameras: 0, timeoutS: 400 });
  });

  it('is bound by the kernel, which reads its ids and its serial number', () => {
    const { nodes, directory, ...ids } = found('found');
    expect(ids).toMatchObject({ vendorId: '046d', productId: '082d', serial: '4F2A91' });
    expect(directory).toMatch(/\/vhci_hcd\.0\/usb\d+\/\d+-3$/u);
    expect(nodes).toHaveLength(2);
  });

  it('is one camera with its modes, and the metadata node beside it is none', () => {
    const { probes, directory } = found('found');
    const [camera, metadata] = probes;
    expect(metadata).toMatchObject({ outcome: 'other', facts: { index: 1, serial: '4F2A91' } });
    expect(camera).toMatchObject({
      outcome: 'camera',
      candidate: {
        name: 'HD Webcam',
        identity: {
          driver: 'uvcvideo',
          card: 'HD Webcam: HD Webcam',
          busInfo: 'usb-vhci_hcd.0-3',
          sysPath: expect.stringContaining(`${directory}/`),
          vendorId: '046d',
          productId: '082d',
          serial: '4F2A91',
        },
        capabilities: {
          formats: ['MJPG', 'YUYV'],
          modes: [
            { pixelFormat: 'MJPG', width: 640, height: 360, fps: 10 },
            { pixelFormat: 'MJPG', width: 640, height: 360, fps: 5 },
            { pixelFormat: 'MJPG', width: 320, height: 180, fps: 10 },
            { pixelFormat: 'MJPG', width: 320, height: 180, fps: 5 },
            { pixelFormat: 'YUYV', width: 320, height: 180, fps: 5 },
          ],
        },
        problem: null,
      },
    });
  });

  it('gives numbered pictures, in the mode that is asked for', () => {
    const { captured } = found('pictures');
    expect(captured.map(({ mode }) => mode)).toEqual([
      { pixelFormat: 'MJPG', width: 320, height: 180, fps: 5 },
      { pixelFormat: 'MJPG', width: 640, height: 360, fps: 10 },
      { pixelFormat: 'YUYV', width: 320, height: 180, fps: 5 },
    ]);
    for (const { numbers, stderr } of captured) {
      expect(numbers).not.toContain(null);
      expect(steps(numbers as number[]).every((step) => step > 0)).toBe(true);
      expect(stderr).toBe('');
    }
  });

  it('takes the values of controls, and refuses one that automation has in hand', () => {
    const { refused, values } = found('controls');
    expect(refused).toBe('EACCES');
    expect(values).toEqual({
      brightness: -20,
      powerLineFrequency: 2,
      whiteBalanceAuto: 0,
      whiteBalanceTemperature: 3000,
    });
  });

  it('freezes, halves its rate, goes black, sends spoilt pictures or none as it is told, and recovers', () => {
    const { sound, stalled, complaints } = found('faults');
    expect(steps(sound).every((step) => step > 0)).toBe(true);
    expect(complaints).toContain('mjpeg');
    expect(stalled).toBe(0);
  });

  it('is silent when it is dead, keeps its node, and cannot be opened for pictures until it is healed', () => {
    const { received, code, stderrAgain, probe, numbers } = found('dead');
    expect(received).toBe(0);
    expect(probe.outcome).toBe('camera');
    expect(code).not.toBe(0);
    expect(stderrAgain).toContain('Input/output error');
    expect(numbers).toHaveLength(3);
  });

  it('fails one start, and no more', () => {
    const { code, stderr, numbers } = found('fails-once');
    expect(code).not.toBe(0);
    expect(stderr).toContain('VIDIOC_STREAMON): Input/output error');
    expect(numbers).toHaveLength(3);
  });

  it('ends its reader when it is pulled, and is the same at another port, without what was set', () => {
    const { stderr, left, probe, brightness, numbers } = found('moved');
    expect(stderr).toContain('No such device');
    expect(left).toEqual([]);
    expect(probe).toMatchObject({
      candidate: { identity: { serial: '4F2A91', busInfo: 'usb-vhci_hcd.0-6' }, problem: null },
    });
    expect(brightness).toBe(0);
    expect(numbers).toHaveLength(3);
  });

  it('has a twin without a serial number, which only the port tells apart', () => {
    const { probes, numbers } = found('twins');
    const identities = probes.map((probe) => ('candidate' in probe ? probe.candidate.identity : null));
    expect(identities.map((identity) => identity?.busInfo)).toEqual(['usb-vhci_hcd.0-7', 'usb-vhci_hcd.0-8']);
    expect(identities.map((identity) => identity?.serial)).toEqual([null, null]);
    expect(numbers.map((list) => list.length)).toEqual([3, 3]);
  });

  it('leaves nothing behind', () => {
    expect(found('ended').nodes).toEqual([]);
  });
});

/** From each number to the next. */
function steps(numbers: number[]): number[] {
  return numbers.slice(1).map((number, index) => frameDistance(numbers[index] ?? 0, number));
}
