import { z } from 'zod';
import { deviceParam, deviceResult, seconds, streams, timestamp } from './common.ts';
import { method, notification } from './define.ts';

export const cameraKind = z.enum(['usb', 'rtsp', 'onvif', 'test']);
export const cameraStatus = z.enum(['CONNECTED', 'DISCONNECTED', 'ERROR', 'BUSY', 'PROBING']);

export const camera = z.object({
  device: z.string(),
  device_path: z.string().nullable().describe('The node at which it is now; null for a camera without one'),
  name: z.string(),
  kind: cameraKind,
  status: cameraStatus,
  status_reason: z.string().nullable().describe('Why it is not CONNECTED, and what to do'),
  resolution: z.string().describe('"WxH"'),
  fps: z.number(),
  streams,
  stream_url: z.string().describe('The same as streams.rtsp'),
  recording: z.boolean(),
  session_id: z.string().nullable().describe('The recording that runs'),
  current_file: z.string().nullable(),
  elapsed_time: seconds.nullable().describe('Seconds recorded so far'),
  last_seen: timestamp,
});

export const cameraMetrics = z.object({
  bytes_sent: z.int(),
  readers: z.int().describe("Viewers; the service's own readers don't count"),
  uptime: seconds.describe('Seconds since the picture is live; 0 when it is not'),
  bitrate: z.int().describe('Bits a second, as measured'),
  fps_actual: z.number().describe('Frames a second, as measured'),
  restarts: z.int().describe('How often capture had to be started again'),
});

const formats = z.array(z.string()).describe('Pixel formats as V4L2 names them');
const resolutions = z.array(z.string()).describe('"WxH", largest first');
const fpsOptions = z.array(z.number()).describe('Highest first');

export const cameraCapabilities = z.object({ formats, resolutions, fps_options: fpsOptions });

const cameraList = z.object({
  cameras: z.array(camera),
  total: z.int(),
  connected: z.int(),
});

export const get_camera_list = method({
  role: 'viewer',
  summary: 'All cameras that the caller may see',
  result: cameraList,
});

export const get_camera_status = method({
  role: 'viewer',
  summary: 'One camera with its metrics and capabilities',
  params: z.object({ device: deviceParam }),
  result: camera.extend({ metrics: cameraMetrics, capabilities: cameraCapabilities }),
  errors: ['not_found'],
});

export const get_camera_capabilities = method({
  role: 'viewer',
  summary: 'What the camera can deliver, as its driver says',
  params: z.object({ device: deviceParam }),
  result: z.object({
    device: deviceResult,
    formats,
    resolutions,
    fps_options: fpsOptions,
    modes: z.array(z.object({ pixel_format: z.string(), width: z.int(), height: z.int(), fps: z.number() })),
    validation_status: z
      .enum(['NONE', 'DISCONNECTED', 'PROVISIONAL', 'CONFIRMED'])
      .describe('PROVISIONAL until two probes agree'),
  }),
  errors: ['not_found'],
});

export const cameraMethods = { get_camera_list, get_camera_status, get_camera_capabilities };

export const camera_status_update = notification({
  summary: 'A camera came, went, or changed its state',
  params: z.object({
    device: z.string(),
    status: cameraStatus,
    name: z.string(),
    resolution: z.string(),
    fps: z.number(),
    streams,
    status_reason: z.string().nullable(),
  }),
});
