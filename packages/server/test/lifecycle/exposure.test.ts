import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { exposureWarnings, isLoopback } from '../../src/lifecycle/exposure.ts';

function warningsOf(flags: Record<string, unknown>, hasOwnMediaMtx = true): string[] {
  const config = loadConfig({ env: {}, flags });
  return exposureWarnings({ config, hasOwnMediaMtx }).map(
    ({ component, reason }) => `${component}: ${reason}`,
  );
}

describe('what is told of a service', () => {
  test('on loopback addresses: nothing, also with reads that need no login', () => {
    expect(warningsOf({})).toEqual([]);
    expect(
      warningsOf({ 'server.host': 'localhost', 'health.host': '::1', 'security.open_reads': true }),
    ).toEqual([]);
  });

  test('open to others: that it has no TLS, and that RTSP never has', () => {
    const told = warningsOf({ 'server.host': '0.0.0.0' });
    expect(told).toEqual([
      expect.stringMatching(/^server: .*0\.0\.0\.0 without TLS.*server\.tls/),
      expect.stringMatching(/^mediamtx: RTSP .*never encrypted.*mediamtx\.host/),
    ]);
  });

  test('open to others with TLS: RTSP alone, and nothing where that stays on loopback or is not ours', () => {
    const flags = { 'server.host': '::', 'server.tls': true };
    expect(warningsOf(flags)).toEqual([expect.stringMatching(/^mediamtx: /)]);
    expect(warningsOf({ ...flags, 'mediamtx.host': '127.0.0.1' })).toEqual([]);
    expect(warningsOf(flags, false)).toEqual([]);
  });

  test('with a health port that is open to others, and with reads that need no login', () => {
    expect(warningsOf({ 'health.host': '0.0.0.0' })).toEqual([expect.stringMatching(/^health: /)]);
    const open = { 'server.host': '192.0.2.1', 'server.tls': true, 'security.open_reads': true };
    expect(warningsOf(open, false)).toEqual([expect.stringMatching(/^server: security\.open_reads/)]);
  });
});

test.each([
  '127.0.0.1',
  '127.8.9.1',
  '::1',
  '[::1]',
  'localhost',
  'LOCALHOST',
  'a.localhost',
  '::ffff:127.0.0.1',
])('%s is of this machine alone', (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each([
  '0.0.0.0',
  '::',
  '192.168.0.1',
  '::ffff:192.0.2.1',
  'camera.lan',
  'localhost.evil.example',
  '127.evil.example',
])('%s is not', (host) => {
  expect(isLoopback(host)).toBe(false);
});
