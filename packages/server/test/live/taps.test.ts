import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { frameDistance } from '../../src/capture/index.ts';
import { decodeStill } from '../../src/stills/index.ts';
// The compiled pool: its worker thread can't run TypeScript.
import { type Gop, TapPool, type TapPoolDeps } from '../../dist/taps/index.js';
import {
  LiveMediaMtx,
  camera,
  createCapture,
  ffmpegPath,
  numberNow,
  patience,
  readNumberOf,
} from './media-harness.ts';

test('the held GOP decodes to a frame that is as new as was asked', async () => {
  await using server = await LiveMediaMtx.start();
  await using capture = createCapture(server);
  await using taps = openPool();
  capture.want(true);
  taps.pool.open('cam', server.target);
  for (let i = 0; i < 5; i += 1) {
    const asked = numberNow();
    const gop = await taps.newest();
    expect(gop).toMatchObject({ codec: 'h264', width: camera.width, height: camera.height });
    const number = await decodeNumber(gop);
    expect(frameDistance(asked, number)).toBeGreaterThanOrEqual(-5);
    expect(frameDistance(number, numberNow())).toBeGreaterThanOrEqual(0);
  }
});

test('a held GOP starts with SPS, PPS and IDR, and every frame of it has its number', async () => {
  await using server = await LiveMediaMtx.start();
  await using capture = createCapture(server);
  await using taps = openPool();
  capture.want(true);
  taps.pool.open('cam', server.target);
  let gop = await taps.newest();
  while (gop.frames < 8) gop = await taps.newest();
  expect(listNalTypes(gop.data).slice(0, 2)).toEqual([7, 8]);
  expect(listNalTypes(gop.data).filter((type) => type === 5).length).toBeGreaterThan(0);
  const last = await decodeNumber(gop);
  for (const back of [1, 4, gop.frames - 1]) {
    const number = await decodeNumber({ ...gop, frames: gop.frames - back });
    expect(frameDistance(number, last)).toBe(back);
  }
  const stats = await taps.pool.stats('cam');
  expect(stats).toMatchObject({ gaps: 0 });
  expect(stats?.bytes).toBeGreaterThan(0);
});

test('the media server sees the tap at a port that the pool tells', async () => {
  await using server = await LiveMediaMtx.start();
  await using capture = createCapture(server);
  await using taps = openPool();
  capture.want(true);
  taps.pool.open('cam', server.target);
  await taps.newest();
  expect(await server.readerPorts()).toEqual(await taps.pool.localPorts());
  taps.pool.close('cam');
  await expect.poll(() => server.readerPorts(), patience).toEqual([]);
  expect(await taps.pool.latest('cam')).toBeUndefined();
});

test('a publisher that is killed loses the tap, which comes back with numbers that jumped', async () => {
  await using server = await LiveMediaMtx.start();
  await using capture = createCapture(server);
  await using taps = openPool();
  capture.want(true);
  taps.pool.open('cam', server.target);
  const before = await decodeNumber(await taps.newest());
  process.kill(capture.state.pid ?? 0, 'SIGKILL');
  await expect.poll(() => taps.states, patience).toContain('lost');
  const killedAt = Date.now();
  await expect.poll(() => taps.states.at(-1), patience).toBe('live');
  const gop = await taps.newest();
  const after = await decodeNumber(gop);
  // The count goes by the clock, so what was lost is what the time between makes.
  const expected = Math.round(((gop.lastArrivalMs - killedAt) / 1000) * camera.fps);
  expect(frameDistance(before, after)).toBeGreaterThanOrEqual(expected - 5);
  expect(frameDistance(after, numberNow())).toBeGreaterThanOrEqual(0);
});

test('a media server that is killed loses the tap with a reason, and the tap comes back with it', async () => {
  await using server = await LiveMediaMtx.start();
  await using capture = createCapture(server);
  await using taps = openPool();
  capture.want(true);
  taps.pool.open('cam', server.target);
  await taps.newest();
  await server.kill();
  await expect.poll(() => taps.reasons, patience).toContain('the media server is not answering');
  await server.run();
  await expect.poll(() => taps.states.at(-1), patience).toBe('live');
  const asked = numberNow();
  expect(frameDistance(asked, await decodeNumber(await taps.newest()))).toBeGreaterThanOrEqual(-5);
});

test('a path without a publisher, and a wrong password, are told as reasons', async () => {
  await using server = await LiveMediaMtx.start();
  await using taps = openPool();
  taps.pool.open('cam', server.target);
  await expect.poll(() => taps.reasons, patience).toContain('nobody publishes this stream');
  taps.pool.open('cam', { ...server.target, password: 'wrong' });
  await expect.poll(() => taps.reasons, patience).toContain('the media server refused the login');
  expect(await taps.pool.latest('cam', { timeoutMs: 1 })).toBeUndefined();
});

test('waiting for a frame ends with the abort, with the time-out, and with the pool', async () => {
  await using server = await LiveMediaMtx.start();
  await using taps = openPool();
  taps.pool.open('cam', server.target);
  const abort = new AbortController();
  const aborted = taps.pool.latest('cam', { timeoutMs: 600_000, signal: abort.signal });
  const timedOut = taps.pool.latest('cam', { timeoutMs: 20 });
  const stopped = taps.pool.latest('cam', { timeoutMs: 600_000 });
  abort.abort();
  expect(await aborted).toBeUndefined();
  expect(await timedOut).toBeUndefined();
  await taps.pool.stop();
  expect(await stopped).toBeUndefined();
});

test('a reader thread that dies is started again with its open taps', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'taps-'));
  const marker = join(folder, 'has-died');
  const worker = new URL('../../dist/taps/tap-worker.js', import.meta.url);
  // The real worker, but its first thread dies with its first message: nothing from outside can kill a thread.
  const code = `
    import { existsSync, writeFileSync } from 'node:fs';
    import { parentPort } from 'node:worker_threads';
    const marker = ${JSON.stringify(marker)};
    if (existsSync(marker)) await import(${JSON.stringify(worker.href)});
    else parentPort.once('message', () => { writeFileSync(marker, ''); throw new Error('on purpose'); });`;
  await using server = await LiveMediaMtx.start();
  await using capture = createCapture(server);
  await using taps = openPool({ workerUrl: new URL(`data:text/javascript,${encodeURIComponent(code)}`) });
  capture.want(true);
  taps.pool.open('cam', server.target);
  expect(await taps.pool.latest('cam', { timeoutMs: 600_000 })).toBeUndefined();
  expect(taps.reasons).toContain('the reader thread failed: on purpose');
  await expect.poll(() => taps.states.at(-1), patience).toBe('live');
  await taps.newest();
  await rm(folder, { recursive: true });
});

interface OpenPool extends AsyncDisposable {
  pool: TapPool;
  states: string[];
  reasons: (string | undefined)[];
  /** A GOP whose newest frame came after the call. */
  newest: () => Promise<Gop>;
}

function openPool(deps: TapPoolDeps = {}): OpenPool {
  const pool = new TapPool(deps);
  const states: string[] = [];
  const reasons: (string | undefined)[] = [];
  pool.onState((_name, state, reason) => {
    states.push(state);
    reasons.push(reason);
  });
  const newest = async (): Promise<Gop> => {
    const gop = await pool.latest('cam', { notBeforeMs: Date.now(), timeoutMs: patience.timeout });
    if (gop === undefined) throw new Error('the tap holds no GOP');
    return gop;
  };
  return { pool, states, reasons, newest, [Symbol.asyncDispose]: () => pool.stop() };
}

async function decodeNumber(gop: { data: Buffer; frames: number }): Promise<number> {
  const still = await decodeStill(gop, { ffmpeg: ffmpegPath, format: 'jpg', quality: 90, timeoutMs: 20_000 });
  const number = await readNumberOf(still.data, still);
  if (number === null) throw new Error('the picture carries no number');
  return number;
}

function listNalTypes(annexB: Buffer): number[] {
  const types: number[] = [];
  const code = Buffer.from([0, 0, 0, 1]);
  for (let at = annexB.indexOf(code); at !== -1; at = annexB.indexOf(code, at + 4))
    types.push((annexB[at + 4] ?? 0) & 0x1f);
  return types;
}
