import { isMethodName, methods, type MethodName, type Role } from '@mediamtx-camera-service/protocol';
import { seeded, Service, until } from '@mediamtx-camera-service/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Mutator } from '../../rpc/harness/mutation.ts';
import { bearer, makeToken, smallCameras, testSecret } from '../contract/world.ts';
import { runWave, type WaveOptions } from './frames.ts';
import { inspected, memoryOf } from './heap.ts';
import { runPosts } from './posts.ts';
import { runRawHttp } from './raw-http.ts';

const seed = Number(process.env['CAMERA_SERVICE_TEST_SEED'] ?? Math.floor(Math.random() * 1e9));
const roles: (Role | undefined)[] = [undefined, 'viewer', 'operator', 'admin'];

/** What would end the run, or take from the others what they work with. */
const notForAdmin: MethodName[] = [
  ...(['set_config', 'set_retention_policy', 'cleanup_old_files', 'set_camera', 'forget_camera'] as const),
  ...(['merge_cameras', 'end_session', 'set_password', 'set_user'] as const),
];

/** Of each tenth; ten of them are 100,000. */
const perTenth = { frames: 8_800, posts: 800, requests: 400 };
/** After as many again that warm it up. What is resident swings by what the allocator keeps, so its bound is wide. */
const maxGrowth = { held: 1.05, resident: 1.25 };

let service: Service;
beforeAll(async () => {
  const env = { ...smallCameras, ...inspected, CAMERA_SERVICE_JWT_SECRET: testSecret };
  service = await Service.start({ env, testCameras: 2, args: ['--log-level', 'info'] });
});
afterAll(async () => service?.[Symbol.asyncDispose]());

test(
  `100,000 frames and requests that are nearly right or quite wrong (CAMERA_SERVICE_TEST_SEED=${seed})`,
  { timeout: 240_000 },
  async () => {
    console.info(`CAMERA_SERVICE_TEST_SEED=${seed}`);
    const random = seeded(seed);
    for (const _ of ['warm', 'first']) expect(await runTenth(random)).toEqual([]);
    const before = await memoryOf(service);
    for (let tenth = 2; tenth <= 10; tenth++) expect(await runTenth(random)).toEqual([]);
    await expectToBeWell();
    // What the last sockets held is let go a moment after they are gone.
    await until(async () => {
      const after = await memoryOf(service);
      const isSame = keysOf(maxGrowth).every((key) => after[key] <= before[key] * maxGrowth[key]);
      if (isSame) return true;
      throw new Error(`after the first tenth: ${JSON.stringify(before)}, now: ${JSON.stringify(after)}`);
    });
  },
);

function keysOf<T extends object>(value: T): (keyof T)[] {
  return Object.keys(value) as (keyof T)[];
}

/** Every role at once, each by its own socket, posts and connections. */
async function runTenth(random: () => number): Promise<string[]> {
  const faults = await Promise.all(
    roles.flatMap((role) => {
      const names = Object.keys(methods).filter(isMethodName);
      const mine = role === 'admin' ? names.filter((name) => !notForAdmin.includes(name)) : names;
      const options = (count: number): WaveOptions => ({
        credential: () => (role === undefined ? {} : bearer(makeToken(role))),
        mutator: new Mutator({ random: seeded(Math.floor(random() * 2 ** 31)), names: mine }),
        count: count / roles.length,
      });
      return [
        runWaves(options(perTenth.frames)),
        runPosts(service, options(perTenth.posts)),
        runRawHttp(service, options(perTenth.requests)),
      ];
    }),
  );
  return faults.flat();
}

async function runWaves({ count, ...options }: WaveOptions): Promise<string[]> {
  const faults: string[] = [];
  const perSocket = 220;
  for (let sent = 0; sent < count; sent += perSocket) {
    faults.push(...(await runWave(service, { ...options, count: perSocket })));
  }
  return faults;
}

async function expectToBeWell(): Promise<void> {
  expect(service.program.hasExited).toBe(false);
  await using client = await service.rawClient();
  expect(await client.result('ping')).toBe('pong');
  const lines = service.log.split('\n').filter((line) => line.startsWith('{'));
  expect(lines.filter((line) => (JSON.parse(line) as { level: number }).level >= 50)).toEqual([]);
  expect(service.log).not.toMatch(/unhandled|uncaught|for an unknown reason|MaxListenersExceeded/i);
}
