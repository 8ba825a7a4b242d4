import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CameraFigures, Figures } from './metrics.ts';
import { durationBounds, type Traffic } from './traffic.ts';

export const contentType = Registry.PROMETHEUS_CONTENT_TYPE;

export interface MetricsTextOptions {
  version: string;
  /** Whether cameras are told apart, by number and name; else only their sums are told. */
  namesCameras: boolean;
}

type Labels = Record<string, string>;
type Values = [labels: Labels, value: number][];

interface Metric {
  type: 'gauge' | 'counter';
  /** After `camera_service_`. */
  name: string;
  help: string;
  values: Values;
}

/** The figures as Prometheus reads them. Made anew for each reader, as each may see other cameras. */
export async function metricsText(figures: Figures, options: MetricsTextOptions): Promise<string> {
  const registry = new Registry();
  const metrics = [
    ...processMetrics(figures, options.version),
    ...trafficMetrics(figures),
    ...cameraSums(figures),
    ...(options.namesCameras ? cameraMetrics(figures.cameras) : []),
    ...mediaMetrics(figures),
    ...storageMetrics(figures),
  ];
  for (const metric of metrics) register(registry, metric);
  registry.registerMetric(new CallDurations(figures.traffic));
  return registry.metrics();
}

function register(registry: Registry, { type, name, help, values }: Metric): void {
  const labelNames = Object.keys(values[0]?.[0] ?? {});
  const config = { name: `camera_service_${name}`, help, labelNames, registers: [registry] };
  if (type === 'gauge') {
    const told = new Gauge(config);
    for (const [labels, value] of values) told.set(labels, value);
  } else {
    const told = new Counter(config);
    for (const [labels, value] of values) told.inc(labels, value);
  }
}

function gauge(name: string, help: string, value: number | undefined | Values): Metric[] {
  return tell('gauge', name, help, value);
}

function counter(name: string, help: string, value: number | undefined | Values): Metric[] {
  return tell('counter', name, help, value);
}

/** None where nobody can say the value. */
function tell(
  type: Metric['type'],
  ...[name, help, value]: [name: string, help: string, value: number | undefined | Values]
): Metric[] {
  if (value === undefined || (typeof value !== 'number' && value.length === 0)) return [];
  return [{ type, name, help, values: typeof value === 'number' ? [[{}, value]] : value }];
}

function processMetrics({ load, memory, openFiles, report }: Figures, version: string): Metric[] {
  const { user, system } = process.cpuUsage();
  const build: Values = [[{ version, node: process.versions.node }, 1]];
  return [
    ...gauge('build_info', 'Version of the service and of Node', build),
    ...gauge('uptime_seconds', 'Time since the start', report.uptimeSeconds),
    ...counter('process_cpu_seconds_total', 'Processor time of the process', (user + system) / 1e6),
    ...gauge('process_resident_memory_bytes', 'Memory of the process', memory),
    ...gauge('process_open_fds', 'Open files and sockets', openFiles),
    ...gauge('event_loop_delay_seconds', '95th percentile of the last minute', load.loopDelayMs / 1000),
    ...gauge('healthy', '1 healthy, 0.5 degraded, 0 unhealthy', healthValues[report.status]),
  ];
}

const healthValues = { HEALTHY: 1, DEGRADED: 0.5, UNHEALTHY: 0 } as const;
const outcomes = ['ok', 'refused', 'failed'] as const;

function trafficMetrics({ traffic, events, audit }: Figures): Metric[] {
  const { connections, notifications, methods } = traffic;
  const calls = [...methods].flatMap(([method, of]) =>
    outcomes.map((outcome): Values[number] => [{ method, outcome }, of[outcome]]),
  );
  const entries = outcomes.map((outcome): Values[number] => [{ outcome }, audit[outcome]]);
  const { sent, dropped } = notifications;
  return [
    ...counter('rpc_calls_total', 'RPC calls that were answered, over WebSocket and POST', calls),
    ...gauge('websocket_connections', 'Open WebSocket connections', connections),
    ...counter('notifications_sent_total', 'Notifications sent to clients', sent),
    ...counter('notifications_dropped_total', 'Events that slow clients did not get', dropped),
    ...counter('events_total', 'Events since the database was made', events),
    ...counter('audit_entries_total', 'Entries of the audit log', entries),
    ...counter('audit_entries_lost_total', 'Entries that could not be written', audit.lost),
    ...counter(
      'audit_entries_left_out_total',
      'Entries beyond what an address gets without a login',
      audit.leftOut,
    ),
    ...counter('login_failures_total', 'Logins that were refused', audit.failedLogins),
  ];
}

function cameraSums({ cameras }: Figures): Metric[] {
  const count = (is: (camera: CameraFigures) => boolean): number => cameras.filter(is).length;
  return [
    ...gauge('cameras', 'Cameras that are known', cameras.length),
    ...gauge('cameras_connected', 'Cameras that can be used', count(isConnected)),
    ...gauge(
      'cameras_live',
      'Cameras that give a picture now',
      count(({ isLive }) => isLive),
    ),
    ...gauge(
      'recordings_active',
      'Recordings that run',
      count(({ isRecording }) => isRecording),
    ),
  ];
}

function cameraMetrics(cameras: CameraFigures[]): Metric[] {
  const info = cameras.map(({ device, name, kind }): Values[number] => [{ camera: device, name, kind }, 1]);
  const each = (value: (camera: CameraFigures) => number): Values =>
    cameras.map((camera) => [{ camera: camera.device }, value(camera)]);
  return [
    ...gauge('camera_info', 'Name and kind of a camera', info),
    ...gauge(
      'camera_up',
      '1: it can be used',
      each((camera) => Number(isConnected(camera))),
    ),
    ...gauge(
      'camera_live',
      '1: it gives a picture now',
      each(({ isLive }) => Number(isLive)),
    ),
    ...gauge(
      'camera_recording',
      '1: it is recorded',
      each(({ isRecording }) => Number(isRecording)),
    ),
    ...gauge(
      'camera_fps',
      'Frames a second, as they are read back',
      each(({ fps }) => fps),
    ),
    ...gauge(
      'camera_bitrate_bits_per_second',
      'The same in bits',
      each(({ bitrate }) => bitrate),
    ),
    ...gauge(
      'camera_readers',
      'Viewers; HLS counts as one',
      each(({ readers }) => readers),
    ),
    ...counter(
      'camera_restarts_total',
      'Unexpected ends of its capture',
      each(({ restarts }) => restarts),
    ),
    ...counter(
      'camera_frames_total',
      'Frames of the present run of its capture',
      each(({ frames }) => frames),
    ),
    ...counter(
      'camera_sent_bytes_total',
      'Sent to readers by MediaMTX',
      each(({ bytesSent }) => bytesSent),
    ),
  ];
}

function mediaMetrics({ isMediaUp, report, paths }: Figures): Metric[] {
  return [
    ...gauge('mediamtx_up', '1: MediaMTX answers', Number(isMediaUp)),
    ...counter('mediamtx_restarts_total', 'Unexpected ends of the own MediaMTX', report.mediamtx.restarts),
    ...gauge('streams', 'Paths of MediaMTX', paths.total),
    ...gauge('streams_ready', 'Paths with a picture', paths.ready),
    ...gauge('stream_readers', 'Viewers of all paths', paths.readers),
  ];
}

function storageMetrics({ storage }: Figures): Metric[] {
  return [
    ...gauge('recordings', 'Closed recordings in the catalog', storage?.recordings_count),
    ...gauge('recordings_bytes', 'What they take', storage?.recordings_size),
    ...gauge('snapshots', 'Snapshots in the catalog', storage?.snapshots_count),
    ...gauge('snapshots_bytes', 'What they take', storage?.snapshots_size),
    ...gauge('disk_total_bytes', 'Disk with the recordings', storage?.total_space),
    ...gauge('disk_available_bytes', 'What is left of it', storage?.available_space),
  ];
}

function isConnected({ status }: CameraFigures): boolean {
  return status === 'CONNECTED';
}

interface HistogramValue {
  metricName: string;
  labels: Partial<Record<'method' | 'le', string | number>>;
  value: number;
}

const durations = { name: 'camera_service_rpc_duration_seconds', help: 'Time from a call to its answer' };

/** A histogram of what was sorted already: the library's own would have to see every call. */
class CallDurations extends Histogram<'method' | 'le'> {
  readonly #traffic: Traffic;

  constructor(traffic: Traffic) {
    super({ ...durations, registers: [] });
    this.#traffic = traffic;
  }

  /** What the registry asks for. */
  async getForPromString() {
    return { ...durations, type: 'histogram', values: [...this.#values(durations.name)] };
  }

  *#values(name: string): Generator<HistogramValue> {
    for (const [method, { byDuration, seconds }] of this.#traffic.methods) {
      let count = 0;
      for (const [place, ofClass] of byDuration.entries()) {
        count += ofClass;
        const le = durationBounds[place] ?? '+Inf';
        yield { metricName: `${name}_bucket`, labels: { method, le }, value: count };
      }
      yield { metricName: `${name}_sum`, labels: { method }, value: seconds };
      yield { metricName: `${name}_count`, labels: { method }, value: count };
    }
  }
}
