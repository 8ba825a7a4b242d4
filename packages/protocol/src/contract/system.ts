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
  }),
  isRead: true,
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

export const systemMethods = { get_status, get_system_status, get_server_info, 'rpc.discover': rpcDiscover };

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
