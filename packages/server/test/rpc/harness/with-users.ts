import { expect } from 'vitest';
import { Tokens } from '../../../src/auth/tokens.ts';
import { buildAccess } from '../../../src/lifecycle/build-credentials.ts';
import { accessHandlers } from '../../../src/rpc/handlers/access.ts';
import { OpenSessions, type OpenMediaSession } from '../../../src/rpc/open-sessions.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { addCamera } from '../../auth/harness.ts';
import type { WireClient } from './client.ts';
import { startRpc, type HarnessOptions } from './rpc-harness.ts';

export const password = 'a good password';

/** The RPC core with users and keys behind it, and `camera0`. */
export async function startWithUsers(options: HarnessOptions & { media?: OpenMediaSession[] } = {}) {
  const { media: watched = [], ...rest } = options;
  const db = openDatabase(':memory:');
  addCamera(db);
  const tokens = new Tokens({ secret: Buffer.alloc(32, 1), expirySeconds: 3600 });
  const access = buildAccess({ db, tokens });
  const media = {
    list: () => watched,
    end: (id: string) => {
      const index = watched.findIndex((entry) => entry.id === id);
      return index >= 0 && watched.splice(index, 1).length > 0;
    },
  };
  const rpc = await startRpc({
    ...rest,
    access,
    extraHandlers: ({ sessions }) =>
      accessHandlers({
        ...access,
        openSessions: new OpenSessions({ sessions, credentials: access.credentials, media }),
      }),
  });
  await access.users.create('ann', { password, role: 'admin', cameras: null });
  await access.users.create('bob', { password, role: 'viewer', cameras: ['camera0'] });
  return rpc;
}

export async function connectAs(
  rpc: Awaited<ReturnType<typeof startWithUsers>>,
  user: string,
): Promise<WireClient> {
  const client = await rpc.connect();
  expect((await client.call('login', { user, password })).error).toBeUndefined();
  return client;
}

export const ended = { code: 4401, reason: 'the login was ended' };
