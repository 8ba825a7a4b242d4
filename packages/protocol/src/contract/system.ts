import { z } from 'zod';
import { seconds, timestamp } from './common.ts';
import { method, notification } from './define.ts';

export const healthStatus = z.enum(['HEALTHY', 'DEGRADED', 'UNHEALTHY']);
const componentState = z.enum(['RUNNING', 'STOPPED', 'ERROR', 'STARTING', 'STOPPING']);

export const components = z.object({
  websocket_server: componentState,
  camera_monitor: componentState,
  mediamtx: componentState,
});

export const get_status = method({
  role: 'admin',
  summary: 'Health of the service and of its parts',
  result: z.object({
    status: healthStatus,
    uptime: seconds,
    version: z.string(),
    components,
    problems: z
      .array(z.object({ component: z.string(), reason: z.string() }))
      .describe('What is wrong or degraded, in words'),
    warnings: z
      .array(z.object({ component: z.string(), reason: z.string() }))
      .describe('What works and is not as safe as it should be, such as a port open to others without TLS'),
  }),
  isRead: true,
});

const percent = z.number().min(0).max(100);
const counter = z.int().min(0);

export const get_metrics = method({
  role: 'admin',
  summary: 'Figures of the service, its cameras, recordings and streams',
  description:
    'Counters begin at the start of the service. The same figures stand at `GET /metrics` for Prometheus.',
  result: z.object({
    cpu_usage: percent.describe('Of the whole machine, in the last seconds'),
    memory_usage: percent.describe('Of the whole machine'),
    disk_usage: percent.describe('Of the disk with the recordings'),
    active_connections: counter.describe('WebSocket connections'),
    total_requests: counter,
    average_response_time: z.number().min(0).describe('Milliseconds'),
    error_rate: percent.describe('Of all requests'),
    uptime: seconds,
    timestamp,
    system_metrics: z.object({
      cpu_usage: percent,
      memory_usage: percent,
      disk_usage: percent,
      load_average: z.array(z.number()).describe('Of 1, 5 and 15 minutes'),
      process_cpu: z.number().min(0).describe("The service's own process, in per cent of one core"),
      process_memory: counter.describe('Resident bytes'),
      event_loop_delay_ms: z.number().min(0).describe('95th percentile of the last minute'),
      active_connections: counter,
      total_requests: counter,
      failed_requests: counter,
      average_response_time: z.number().min(0),
      error_rate: percent,
      uptime: seconds,
    }),
    camera_metrics: z.object({
      total: counter,
      connected: counter,
      live: counter,
      cameras: z.record(
        z.string(),
        z.object({
          status: z.enum(['CONNECTED', 'DISCONNECTED', 'ERROR', 'BUSY', 'PROBING']),
          live: z.boolean(),
          fps: z.number(),
          bitrate: counter,
          readers: counter,
          restarts: counter,
        }),
      ),
    }),
    recording_metrics: z.object({
      active: counter,
      total: counter.describe('Closed recordings in the catalog'),
      total_size: counter,
      snapshots: counter,
      snapshots_size: counter,
    }),
    stream_metrics: z.object({
      total: counter,
      ready: counter,
      readers: counter,
      bytes_sent: counter,
    }),
  }),
  errors: ['dependency_failed'],
});

export const get_system_status = method({
  role: 'viewer',
  summary: 'Whether the service can be used already',
  result: z.object({
    status: z.enum(['starting', 'partial', 'ready']),
    message: z.string(),
    available_cameras: z.array(z.string()),
    discovery_active: z.boolean(),
  }),
});

export const get_server_info = method({
  role: 'viewer',
  summary: 'What this server is and can do',
  result: z.object({
    name: z.string(),
    version: z.string(),
    build_date: timestamp.nullable(),
    runtime: z.string(),
    architecture: z.string(),
    capabilities: z.array(z.string()),
    supported_formats: z.object({
      snapshot: z.array(z.string()),
      recording: z.array(z.string()),
    }),
    max_cameras: z.int(),
    mediamtx: z.object({
      version: z.string().nullable(),
      mode: z.enum(['managed', 'external']).nullable(),
      limitations: z.array(z.string()).describe('What an external MediaMTX does not allow'),
    }),
  }),
});

export const rpcDiscover = method({
  role: 'none',
  summary: 'This contract as an OpenRPC document',
  result: z.record(z.string(), z.unknown()),
});

export const systemMethods = {
  get_status,
  get_system_status,
  get_server_info,
  get_metrics,
  'rpc.discover': rpcDiscover,
};

export const system_health_update = notification({
  summary: 'The health changed',
  params: z.object({ status: healthStatus, components, timestamp }),
});

export const hello = notification({
  summary: 'The first message to a client that asked for subprotocol camera-service.v1',
  params: z.object({
    server_name: z.string(),
    server_version: z.string(),
    protocol_version: z.string(),
  }),
});
