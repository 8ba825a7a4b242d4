import { describe, expect, test } from 'vitest';
import { normalisePath, type RawPath } from '../../src/mediamtx/path-state.ts';

// Items of `/v3/paths/list` as each version writes them.
const v1_15 = {
  name: 'camera0',
  confName: 'camera0',
  source: { type: 'rtspSession', id: '6ff1b7b0-0000-4000-8000-000000000000' },
  ready: true,
  readyTime: '2026-01-31T13:05:09.123456789Z',
  tracks: ['H264'],
  bytesReceived: 1000,
  bytesSent: 500,
  readers: [{ type: 'hlsMuxer', id: '' }],
};
const v1_16 = {
  ...v1_15,
  available: true,
  availableTime: '2026-01-31T13:05:09.123456789Z',
  online: true,
  onlineTime: '2026-01-31T13:05:09.123456789Z',
};
const v1_17 = {
  ...v1_16,
  tracks2: [{ codec: 'H264', codecProps: { width: 1280, height: 720, profile: 'Baseline', level: '3.1' } }],
  inboundBytes: 1000,
  outboundBytes: 500,
  inboundFramesInError: 0,
};

describe.each([
  ['1.15.2', v1_15],
  ['1.16.0', v1_16],
  ['1.17.0 and newer', v1_17],
] as [string, RawPath][])('an item of %s', (_version, raw) => {
  test('says the same', () => {
    expect(normalisePath(raw)).toEqual({
      name: 'camera0',
      available: true,
      availableSince: '2026-01-31T13:05:09.123456789Z',
      sourceType: 'rtspSession',
      readers: [{ type: 'hlsMuxer', id: '' }],
      bytesReceived: 1000,
      bytesSent: 500,
    });
  });

  test('without a publisher says so', () => {
    const idle = { ...raw, source: null, ready: false, readyTime: null, readers: [] };
    const item =
      'available' in raw ? { ...idle, available: false, availableTime: null, online: false } : idle;
    expect(normalisePath(item)).toMatchObject({
      available: false,
      availableSince: null,
      sourceType: null,
      readers: [],
    });
  });
});

test('a pulled camera that does not answer is not available, though newer versions call it online', () => {
  const dead = {
    ...v1_16,
    source: { type: 'rtspSource', id: '' },
    ready: false,
    readyTime: null,
    available: false,
    availableTime: null,
    online: true,
    onlineTime: '0001-01-01T00:00:00Z',
  };
  expect(normalisePath(dead)).toMatchObject({ available: false, sourceType: 'rtspSource' });
});
