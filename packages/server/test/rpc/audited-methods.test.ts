import { methods } from '@mediamtx-camera-service/protocol';
import { expect, test } from 'vitest';
import type { HandlerTable } from '../../src/rpc/call.ts';
import { createEntries } from '../../src/rpc/method-entry.ts';

test('what operators and admins do is in the audit log, what they only read is not', () => {
  // What is held is decided by the contract alone.
  const entries = createEntries({} as HandlerTable);
  const control = Object.entries(methods).filter(([, { role }]) => role === 'operator' || role === 'admin');
  expect(control.length).toBeGreaterThan(20);
  for (const [name] of control) expect(entries.get(name)!.isAudited, name).toBe(!/^(?:get|list)_/.test(name));
  for (const name of ['authenticate', 'login', 'logout', 'refresh_token', 'set_password'])
    expect(entries.get(name)!.isAudited, name).toBe(true);
});
