import { expect, test } from 'vitest';
import { methods } from '@mediamtx-camera-service/protocol';
import { startingReport } from '../../src/health/report.ts';
import { LoadMeter } from '../../src/metrics/load.ts';
import type { CameraFigures, Figures } from '../../src/metrics/metrics.ts';
import { metricsText } from '../../src/metrics/prometheus.ts';
import { describeFigures } from '../../src/metrics/report.ts';
import { Traffic } from '../../src/metrics/traffic.ts';
import { parseExposition, type Family } from './exposition.ts';

function camera(number: number, more: Partial<CameraFigures> = {}): CameraFigures {
  return {
    ...{ device: `camera${number}`, name: 'Door', kind: 'usb', status: 'CONNECTED', isLive: true, fps: 29.9 },
    ...{ bitrate: 2_000_000, readers: 2, restarts: 1, frames: 900, bytesSent: 12_345, isRecording: false },
    ...more,
  };
}

function figures(more: Partial<Figures> = {}): Figures {
  return {
    load: new LoadMeter().read(),
    memory: 100_000_000,
    openFiles: 40,
    traffic: new Traffic(),
    report: { ...startingReport({ uptimeSeconds: 12.5, version: '1.2.3' }), status: 'HEALTHY' },
    cameras: [camera(0), camera(1, { isLive: false, status: 'DISCONNECTED', isRecording: true })],
    paths: { total: 2, ready: 1, readers: 2, bytesSent: 12_345 },
    storage: {
      ...{ total_space: 1000, used_space: 400, available_space: 600, usage_percentage: 40 },
      ...{ recordings_size: 300, recordings_count: 3, snapshots_size: 20, snapshots_count: 2 },
      ...{ low_space_warning: false, critical_space_warning: false, threshold: 10, forecast_days: null },
    },
    isMediaUp: true,
    events: 77,
    audit: { ok: 5, refused: 2, failed: 1, lost: 0, leftOut: 4, failedLogins: 1 },
    ...more,
  };
}

async function scrape(from: Figures, namesCameras = true): Promise<Map<string, Family>> {
  return parseExposition(await metricsText(from, { version: '1.2.3', namesCameras }));
}

const valuesOf = (families: Map<string, Family>, name: string) =>
  families.get(`camera_service_${name}`)?.samples.map(({ labels, value }) => [labels, value]);

test('every line is as Prometheus wants it, every metric has a help, and units are in the names', async () => {
  const traffic = new Traffic();
  for (const seconds of [0.0005, 0.005, 0.5, 5, 50]) traffic.noteCall('take_snapshot', 'ok', seconds);
  traffic.noteCall('take_snapshot', 'failed', 0.005);
  traffic.noteCall('login', 'refused', 0.2);
  const families = await scrape(figures({ traffic }));
  for (const { name, samples } of families.values()) {
    expect(name).toMatch(/^camera_service_[a-z][a-z_]*[a-z]$/);
    expect(samples.length, name).toBeGreaterThan(0);
  }
  expect(valuesOf(families, 'build_info')).toEqual([[{ version: '1.2.3', node: process.versions.node }, 1]]);
  expect(valuesOf(families, 'rpc_calls_total')).toEqual([
    [{ method: 'take_snapshot', outcome: 'ok' }, 5],
    [{ method: 'take_snapshot', outcome: 'refused' }, 0],
    [{ method: 'take_snapshot', outcome: 'failed' }, 1],
    [{ method: 'login', outcome: 'ok' }, 0],
    [{ method: 'login', outcome: 'refused' }, 1],
    [{ method: 'login', outcome: 'failed' }, 0],
  ]);
  const durations = families.get('camera_service_rpc_duration_seconds')!;
  const ofSnapshots = durations.samples.filter(({ labels }) => labels['method'] === 'take_snapshot');
  expect(ofSnapshots.map(({ labels, value }) => [labels['le'], value])).toEqual([
    ...[
      ['0.001', 1],
      ['0.01', 3],
      ['0.1', 3],
      ['1', 4],
      ['10', 5],
      ['+Inf', 6],
    ],
    ...[
      [undefined, expect.closeTo(55.5105, 6)],
      [undefined, 6],
    ],
  ]);
  expect(valuesOf(families, 'camera_up')).toEqual([
    [{ camera: 'camera0' }, 1],
    [{ camera: 'camera1' }, 0],
  ]);
  expect(valuesOf(families, 'camera_sent_bytes_total')).toContainEqual([{ camera: 'camera0' }, 12_345]);
  expect(valuesOf(families, 'login_failures_total')).toEqual([[{}, 1]]);
});

test('a name of a camera can hold anything', async () => {
  const name = 'Tür "links"\n# TYPE evil gauge\\n} 1\\';
  const families = await scrape(figures({ cameras: [camera(0, { name })] }));
  expect(valuesOf(families, 'camera_info')).toEqual([[{ camera: 'camera0', name, kind: 'usb' }, 1]]);
  expect(families.has('evil')).toBe(false);
});

test('without names no camera is told apart, and the sums are there', async () => {
  const from = figures({ cameras: [camera(0, { name: 'Bedroom' }), camera(1)] });
  const text = await metricsText(from, { version: '1.2.3', namesCameras: false });
  expect(text).not.toMatch(/camera\d|Bedroom|camera="/);
  const families = parseExposition(text);
  expect(valuesOf(families, 'cameras')).toEqual([[{}, 2]]);
  expect(valuesOf(families, 'cameras_live')).toEqual([[{}, 2]]);
  expect(valuesOf(families, 'stream_readers')).toEqual([[{}, 2]]);
});

test('what nobody can say is left out, and no camera is no metric of cameras', async () => {
  const families = await scrape(figures({ storage: undefined, openFiles: undefined, cameras: [] }));
  for (const name of ['disk_total_bytes', 'recordings', 'process_open_fds']) {
    expect(families.has(`camera_service_${name}`), name).toBe(false);
  }
  expect(families.has('camera_service_camera_up')).toBe(false);
  expect(valuesOf(families, 'cameras')).toEqual([[{}, 0]]);
});

test('get_metrics: flat and nested say the same, as the contract has it', () => {
  const traffic = new Traffic();
  traffic.noteCall('ping', 'ok', 0.001);
  traffic.noteCall('ping', 'ok', 0.003);
  traffic.noteCall('login', 'refused', 0.002);
  traffic.noteCall('unknown', 'failed', 0);
  traffic.connections = 3;
  const report = methods.get_metrics.result.parse(describeFigures(figures({ traffic })));
  expect(report).toMatchObject({
    ...{
      active_connections: 3,
      total_requests: 4,
      error_rate: 50,
      average_response_time: 1.5,
      disk_usage: 40,
    },
    system_metrics: { failed_requests: 2 },
    camera_metrics: { total: 2, connected: 1, live: 1, cameras: { camera1: { status: 'DISCONNECTED' } } },
    recording_metrics: { active: 1, total: 3, total_size: 300, snapshots: 2, snapshots_size: 20 },
    stream_metrics: { total: 2, ready: 1, readers: 2, bytes_sent: 12_345 },
  });
  for (const [key, value] of Object.entries(report.system_metrics)) {
    if (key in report) expect(report[key as keyof typeof report], key).toBe(value);
  }
  expect(() => describeFigures(figures({ storage: undefined }))).toThrow(/disk/);
});

test('the load is measured while it is started', async () => {
  const load = new LoadMeter();
  load.start();
  // Half a second in which nothing else can run.
  const end = performance.now() + 500;
  while (performance.now() < end) JSON.stringify(process.memoryUsage());
  const { processCpu, machineCpu, loopDelayMs } = load.read();
  expect(processCpu).toBeGreaterThan(0);
  expect(machineCpu).toBeGreaterThan(0);
  expect(loopDelayMs).toBeGreaterThanOrEqual(0);
  load.stop();
});
