import type { Result } from '@mediamtx-camera-service/protocol';
import { AppError } from '../errors.ts';
import type { CameraFigures, Figures } from './metrics.ts';

type Report = Result<'get_metrics'>;

/** The figures as get_metrics tells them; throws `dependency_failed` while the disk can't be looked at. */
export function describeFigures(figures: Figures, now: number = Date.now()): Report {
  const { cameras, paths, storage } = figures;
  if (!storage) throw diskUnreadable();
  const system = describeSystem(figures, storage.usage_percentage);
  const { cpu_usage, memory_usage, disk_usage, active_connections } = system;
  const { total_requests, average_response_time, error_rate, uptime } = system;
  return {
    ...{ cpu_usage, memory_usage, disk_usage, active_connections },
    ...{ total_requests, average_response_time, error_rate, uptime },
    timestamp: new Date(now).toISOString(),
    system_metrics: system,
    camera_metrics: {
      total: cameras.length,
      connected: cameras.filter(({ status }) => status === 'CONNECTED').length,
      live: cameras.filter(({ isLive }) => isLive).length,
      cameras: Object.fromEntries(cameras.map((camera) => [camera.device, describeCamera(camera)])),
    },
    recording_metrics: {
      active: cameras.filter(({ isRecording }) => isRecording).length,
      total: storage.recordings_count,
      total_size: storage.recordings_size,
      snapshots: storage.snapshots_count,
      snapshots_size: storage.snapshots_size,
    },
    stream_metrics: {
      total: paths.total,
      ready: paths.ready,
      readers: paths.readers,
      bytes_sent: paths.bytesSent,
    },
  };
}

function describeSystem(
  { load, memory, traffic, report }: Figures,
  diskUsage: number,
): Report['system_metrics'] {
  const { calls, errors, seconds, connections } = traffic;
  return {
    cpu_usage: load.machineCpu,
    memory_usage: load.machineMemory,
    disk_usage: diskUsage,
    load_average: load.loadAverage,
    process_cpu: load.processCpu,
    process_memory: memory,
    event_loop_delay_ms: load.loopDelayMs,
    active_connections: connections,
    total_requests: calls,
    failed_requests: errors,
    average_response_time: calls === 0 ? 0 : Math.round((seconds * 1e6) / calls) / 1000,
    error_rate: calls === 0 ? 0 : Math.round((errors * 10_000) / calls) / 100,
    uptime: report.uptimeSeconds,
  };
}

function describeCamera(camera: CameraFigures): Report['camera_metrics']['cameras'][string] {
  const { status, isLive: live, fps, bitrate, readers, restarts } = camera;
  return { status, live, fps, bitrate, readers, restarts };
}

function diskUnreadable(): AppError {
  return new AppError('dependency_failed', {
    reason: 'disk_unreadable',
    dependency: 'storage',
    detail: 'it does not answer',
    details: 'the disk of the recordings could not be looked at',
    suggestion: 'see whether the disk of storage.data_dir is there',
  });
}
