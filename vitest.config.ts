import { defineConfig } from 'vitest/config';

// `source` lets tests import the workspaces' TypeScript, so that a test never runs against a stale build.
const conditions = ['source', 'node', 'module'];
const shared = { pool: 'forks' as const, environment: 'node' as const };

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          ...shared,
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'packages/*/test/{live,vm,browser}/**'],
          testTimeout: 20_000,
        },
      },
      {
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          ...shared,
          name: 'live',
          include: ['packages/*/test/live/**/*.test.ts'],
          // Most of their time is waiting for media. A MediaMTX that is not ours has the default ports, which are there once.
          fileParallelism: process.env['CAMERA_SERVICE_TEST_MEDIAMTX'] !== 'external',
          maxWorkers: 2,
          // After the unit tests, which have all the workers that there are.
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          ...shared,
          name: 'browser',
          include: ['packages/*/test/browser/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
      {
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          ...shared,
          name: 'vm',
          include: ['packages/*/test/vm/**/*.test.ts'],
          // An emulated machine waits for its own one processor most of the time, so two share the cores well.
          fileParallelism: true,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
