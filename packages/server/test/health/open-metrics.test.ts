import { fastify } from 'fastify';
import { pino } from 'pino';
import { until } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { addOpenMetricsRoute } from '../../src/health/metrics-route.ts';
import { startingReport } from '../../src/health/report.ts';
import { HealthServer, type HealthServerDeps } from '../../src/health/server.ts';

async function start(metricsText?: HealthServerDeps['metricsText']) {
  const server = new HealthServer({
    config: { host: '127.0.0.1', port: 0 },
    source: { report: () => startingReport({ uptimeSeconds: 3, version: '1.2.3' }) },
    metricsText,
    log: pino({ level: 'silent' }),
  });
  await server.start();
  return {
    get: () => fetch(`http://127.0.0.1:${server.port}/metrics`),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

test('/metrics is on the health port only where it is configured', async () => {
  await using server = await start();
  expect((await server.get()).status).toBe(404);
});

test('while the service starts there are no figures yet', async () => {
  await using server = await start(() => undefined);
  expect((await server.get()).status).toBe(503);
});

test('requests at the same time share one answer, and a later one gets another', async () => {
  let answer: ((text: string) => void) | undefined;
  let asked = 0;
  let arrived = 0;
  const app = fastify();
  app.addHook('onSend', async () => void (arrived -= 1));
  app.addHook('preHandler', async () => void (arrived += 1));
  addOpenMetricsRoute(app, () => {
    asked += 1;
    return new Promise((resolve) => (answer = resolve));
  });
  const scrape = async () => (await app.inject('/metrics')).body;
  const first = [scrape(), scrape(), scrape()];
  await until(() => arrived === 3 && asked > 0);
  answer!('# first\n');
  expect(await Promise.all(first)).toEqual(['# first\n', '# first\n', '# first\n']);
  const second = scrape();
  await until(() => asked === 2);
  answer!('# second\n');
  expect(await second).toBe('# second\n');
});

test('figures that can not be gathered are an error of the one request', async () => {
  let fails = true;
  await using server = await start(() =>
    fails ? Promise.reject(new Error('no')) : Promise.resolve('# fine\n'),
  );
  expect((await server.get()).status).toBe(500);
  fails = false;
  expect(await (await server.get()).text()).toBe('# fine\n');
});
