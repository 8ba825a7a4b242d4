import { expect, test } from 'vitest';
import { type AccessUnit, H264Depacketizer } from '../../src/taps/h264.ts';
import { PacketMaker, annexB, makeNal, pps, sps } from './rtp-packets.ts';

const idr = makeNal(5, 5000, 1);
const inter = (seed: number): Buffer => makeNal(1, 900, seed);

test('single units, an aggregate and fragments give the access units that went in', () => {
  const { units, push, make } = create();
  push(make.aggregate([sps, pps], false), ...make.fragments(idr, 1200));
  make.nextFrame();
  push(make.packet(inter(2), { isLast: true }));
  make.nextFrame();
  push(...make.fragments(inter(3), 100));
  expect(units).toEqual([
    { data: annexB(sps, pps, idr), isKeyframe: true },
    { data: annexB(inter(2)), isKeyframe: false },
    { data: annexB(inter(3)), isKeyframe: false },
  ]);
});

test('a frame of several slices is one unit', () => {
  const { units, push, make } = create();
  const slices = [makeNal(5, 300, 1), makeNal(5, 3000, 2)];
  push(make.packet(sps), make.packet(pps), make.packet(slices[0]!), ...make.fragments(slices[1]!, 1000));
  expect(units).toEqual([{ data: annexB(sps, pps, ...slices), isKeyframe: true }]);
});

test('a frame without a marker ends where the timestamp changes', () => {
  const { units, push, make } = create();
  push(make.packet(idr));
  make.nextFrame();
  expect(units).toEqual([]);
  push(make.packet(inter(1)));
  expect(units).toEqual([{ data: annexB(idr), isKeyframe: true }]);
});

test('nothing is given out before the first keyframe', () => {
  const { units, push, make } = create();
  push(make.packet(inter(1), { isLast: true }));
  make.nextFrame();
  push(make.packet(idr, { isLast: true }));
  expect(units.map((unit) => unit.isKeyframe)).toEqual([true]);
});

test('a loss drops everything until the next keyframe, and is told', () => {
  const { units, gaps, push, make } = create();
  push(make.packet(idr, { isLast: true }));
  make.nextFrame();
  const [first, , ...rest] = make.fragments(inter(1), 200);
  push(first!, ...rest);
  make.nextFrame();
  push(make.packet(inter(2), { isLast: true }));
  make.nextFrame();
  push(make.packet(makeNal(5, 700, 9), { isLast: true }));
  make.nextFrame();
  push(make.packet(inter(3), { isLast: true }));
  expect(units.map((unit) => unit.data)).toEqual([annexB(idr), annexB(makeNal(5, 700, 9)), annexB(inter(3))]);
  expect(gaps).toEqual([1]);
});

test('a keyframe that lost its first slice is no keyframe', () => {
  const { units, push, make } = create();
  push(make.packet(idr, { isLast: true }));
  make.nextFrame();
  make.sequence = (make.sequence + 1) & 0xffff;
  push(make.packet(makeNal(5, 400, 3), { isLast: true }));
  expect(units).toHaveLength(1);
});

test('a frame whose end was lost with its marker is not given out', () => {
  const { units, push, make } = create();
  push(make.packet(idr, { isLast: true }));
  make.nextFrame();
  push(...make.fragments(inter(1), 200).slice(0, -1));
  make.nextFrame();
  push(make.packet(inter(2), { isLast: true }));
  expect(units).toHaveLength(1);
});

test('sequence number and timestamp go round without a gap', () => {
  const { units, gaps, push, make } = create();
  push(make.packet(idr, { isLast: true }));
  for (let i = 0; i < 8; i += 1) {
    make.nextFrame();
    push(make.packet(inter(i), { isLast: true }));
  }
  expect(make.sequence).toBeLessThan(20);
  expect(units).toHaveLength(9);
  expect(gaps).toEqual([]);
});

test('padding and header extensions are no part of the picture', () => {
  const { units, push, make } = create();
  push(make.packet(idr, { isLast: true, padding: 7, extension: true }));
  expect(units[0]?.data).toEqual(annexB(idr));
});

test('parameter sets come from the session description, and newer ones in band replace them', () => {
  const { depacketizer, push, make } = create([sps, pps]);
  expect(depacketizer.parameterSets).toEqual(annexB(sps, pps));
  expect(depacketizer.size).toEqual({ width: 1280, height: 720 });
  const smaller = Buffer.from('674d400ceca0a0cfcf8088000003000800000300a078a14cb0', 'hex');
  push(make.packet(smaller), make.packet(idr, { isLast: true }));
  expect(depacketizer.parameterSets).toEqual(annexB(smaller, pps));
  expect(depacketizer.size).toEqual({ width: 320, height: 180 });
});

test('what is no RTP, or cut off, is passed over', () => {
  const { units, push, make } = create();
  push(Buffer.alloc(0), Buffer.alloc(12), Buffer.from([0x80, 96, 0]), make.packet(Buffer.alloc(0)));
  push(make.packet(Buffer.from([24, 0xff, 0xff, 1]), { isLast: true }));
  make.nextFrame();
  push(make.packet(idr, { isLast: true }));
  expect(units).toHaveLength(1);
});

function create(parameterSets: Buffer[] = []): {
  depacketizer: H264Depacketizer;
  units: AccessUnit[];
  gaps: number[];
  push: (...packets: Buffer[]) => void;
  make: PacketMaker;
} {
  const units: AccessUnit[] = [];
  const gaps: number[] = [];
  const depacketizer = new H264Depacketizer({
    parameterSets,
    onUnit: (unit) => units.push(unit),
    onGap: (lost) => gaps.push(lost),
  });
  const push = (...packets: Buffer[]): void => {
    for (const packet of packets) depacketizer.push(packet);
  };
  return { depacketizer, units, gaps, push, make: new PacketMaker() };
}
