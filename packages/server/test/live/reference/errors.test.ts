import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { errorCatalog } from '@mediamtx-camera-service/protocol';
import { Service, type RawClient, type RawReply } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRawDatabase } from '../../../src/store/database.ts';
import { formOf, referenceExamples } from './examples.ts';

const { errors } = await referenceExamples();

let service: Service;
let clients: { admin: RawClient; viewer: RawClient; stranger: RawClient };

beforeAll(async () => {
  service = await Service.start({
    env: { CAMERA_SERVICE_STORAGE_MIN_FREE: '100000000' },
    mediamtx: 'managed',
  });
  clients = {
    admin: await service.rawClient('admin'),
    viewer: await service.rawClient('viewer'),
    stranger: await service.rawClient(),
  };
});

afterAll(() => service[Symbol.asyncDispose]());

/** How each error is brought about; the others need nothing but to be sent by the caller that is named. */
const provoke: Record<string, (sent: string) => Promise<RawReply>> = {
  parse_error: (sent) => ask('stranger', sent),
  invalid_request: (sent) => ask('stranger', sent),
  method_not_found: (sent) => ask('stranger', sent),
  authentication_failed: (sent) => ask('stranger', sent),
  invalid_params: (sent) => ask('viewer', sent),
  permission_denied: (sent) => ask('viewer', sent),
  not_found: (sent) => ask('viewer', sent),
  invalid_state: (sent) => ask('admin', sent),
  insufficient_storage: (sent) => ask('admin', sent),
  unsupported: post,
  rate_limited: async (sent) => {
    for (let wrong = 1; wrong <= 5; wrong += 1) await ask('stranger', sent);
    return await ask('stranger', sent);
  },
  dependency_failed: async (sent) => {
    const pid = service.mediaMtxPid;
    spawnSync('kill', ['-STOP', String(pid)]);
    try {
      return await ask('admin', sent);
    } finally {
      spawnSync('kill', ['-CONT', String(pid)]);
    }
  },
  internal_error: async (sent) => {
    const db = openRawDatabase(join(service.dataDir, 'camera-service.db'));
    db.exec('PRAGMA busy_timeout = 5000; ALTER TABLE snapshots RENAME TO not_snapshots');
    try {
      return await ask('viewer', sent);
    } finally {
      db.exec('ALTER TABLE not_snapshots RENAME TO snapshots');
      db.close();
    }
  },
};

describe('every error of the reference can be met, and is as shown', () => {
  test.for(Object.keys(errorCatalog))('%s', async (name) => {
    const example = errors[name]!;
    const { error } = await provoke[name]!(example.sent);
    expect(error?.code).toBe(example.error.code);
    expect(likeness(error?.message)).toBe(likeness(example.error.message));
    expect(formOf(error?.data)).toEqual(formOf(example.error.data));
    expect(error?.data['reason']).toBe(example.error.data['reason']);
  });
});

async function ask(who: keyof typeof clients, sent: string): Promise<RawReply> {
  return (await clients[who].answer(sent)) as RawReply;
}

async function post(sent: string): Promise<RawReply> {
  const headers = { authorization: `Bearer ${await service.token('admin')}` };
  const response = await fetch(`${service.httpUrl}/rpc`, { method: 'POST', headers, body: sent });
  return (await response.json()) as RawReply;
}

/** Figures and ids differ from run to run. */
function likeness(text = ''): string {
  return text.replaceAll(/\d+/g, '0');
}
