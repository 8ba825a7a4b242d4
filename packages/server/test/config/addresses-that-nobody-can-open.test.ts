import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { hostForOthers, hostFromHere } from '../../src/config/listen-host.ts';

describe('the host of an address', () => {
  it.each([
    ['0.0.0.0', '127.0.0.1', hostname()],
    ['::', '[::1]', hostname()],
    ['127.0.0.1', '127.0.0.1', '127.0.0.1'],
    ['fe80::1', '[fe80::1]', '[fe80::1]'],
    ['camera.lan', 'camera.lan', 'camera.lan'],
  ])('that listens at %s is %s from here, and %s for others', (host, here, others) => {
    expect(hostFromHere(host)).toBe(here);
    expect(hostForOthers(host)).toBe(others);
  });
});
