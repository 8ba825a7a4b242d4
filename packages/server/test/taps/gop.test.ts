import { expect, test } from 'vitest';
import { GopBuffer } from '../../src/taps/gop.ts';
import { annexB, makeNal, pps, sps } from './rtp-packets.ts';

const format = { parameterSets: annexB(sps, pps), size: { width: 1280, height: 720 } };
const keyframe = { data: annexB(makeNal(5, 996)), isKeyframe: true };
const frame = { data: annexB(makeNal(1, 96)), isKeyframe: false };

test('a group holds what came since its keyframe, with the times', () => {
  const gop = new GopBuffer();
  expect(gop.snapshot()).toBeUndefined();
  expect(gop.append(frame, 1)).toBe(false);
  gop.startGroup(keyframe, 1000, format);
  gop.append(frame, 1033);
  gop.append(frame, 1066);
  expect(gop.snapshot()).toEqual({
    codec: 'h264',
    data: Buffer.concat([format.parameterSets, keyframe.data, frame.data, frame.data]),
    frames: 3,
    keyArrivalMs: 1000,
    lastArrivalMs: 1066,
    width: 1280,
    height: 720,
  });
  gop.startGroup(keyframe, 2000, { ...format, size: null });
  expect(gop.snapshot()).toMatchObject({ frames: 1, lastArrivalMs: 2000, width: null, height: null });
});

test('a full group keeps what it has and takes no more until the next keyframe', () => {
  const gop = new GopBuffer({ maxBytes: 1250 });
  gop.startGroup(keyframe, 1, format);
  expect([gop.append(frame, 2), gop.append(frame, 3), gop.append(frame, 4)]).toEqual([true, true, false]);
  const tiny = { data: Buffer.alloc(1), isKeyframe: false };
  expect(gop.append(tiny, 5)).toBe(false);
  expect(gop).toMatchObject({ bytes: 1200, frames: 3, lastArrivalMs: 3 });
  gop.startGroup(keyframe, 6, format);
  expect(gop.append(frame, 7)).toBe(true);
});

test('the number of frames is bounded too', () => {
  const gop = new GopBuffer({ maxFrames: 2 });
  gop.startGroup(keyframe, 1, format);
  expect([gop.append(frame, 2), gop.append(frame, 3)]).toEqual([true, false]);
});

test('a snapshot owns its memory, so that it can go to another thread', () => {
  const gop = new GopBuffer();
  gop.startGroup(frame, 1, format);
  const data = gop.snapshot()?.data;
  expect(data?.buffer.byteLength).toBe(data?.length);
});
