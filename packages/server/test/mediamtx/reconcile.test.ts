import { expect, test } from 'vitest';
import { comparePath } from '../../src/mediamtx/reconcile.ts';
import { isSupportedVersion } from '../../src/mediamtx/version.ts';

const desired = {
  source: 'publisher',
  record: true,
  recordSegmentDuration: '1800s',
  recordDeleteAfter: '0s',
  runOnDemand: 'x',
};

test('a path that is not there is made', () => {
  expect(comparePath(desired, undefined)).toEqual({ kind: 'replace' });
});

test('one that says the same in other words is left alone, whatever else stands in it', () => {
  const actual = { ...desired, recordSegmentDuration: '30m0s', recordDeleteAfter: '', maxReaders: 0 };
  expect(comparePath(desired, actual)).toEqual({ kind: 'none' });
});

test('what differs in record fields alone is patched, since nobody is dropped by that', () => {
  const actual = { ...desired, record: false, recordSegmentDuration: '1h' };
  expect(comparePath(desired, actual)).toEqual({
    kind: 'patch',
    fields: { record: true, recordSegmentDuration: '1800s' },
  });
});

test('any other difference needs a new path', () => {
  expect(comparePath(desired, { ...desired, record: false, runOnDemand: 'y' })).toEqual({ kind: 'replace' });
});

test.each([
  ['v1.15.1', false],
  ['v1.15.2', true],
  ['1.18.2', true],
  ['v1.20.1', true],
  ['v1.20.1-dirty', true],
  ['v1.21.0', false],
  ['v2.0.0', false],
  ['', false],
  ['unknown', false],
])('version %j: supported is %j', (version, isSupported) => {
  expect(isSupportedVersion(version)).toBe(isSupported);
});
