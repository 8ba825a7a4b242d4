import { z } from 'zod';
import { deviceParam, deviceResult, seconds, streams, timestamp } from './common.ts';
import { cameraSettings, captureMode } from './camera-settings.ts';
import { method, notification } from './define.ts';

export const cameraKind = z.enum(['usb', 'rtsp', 'onvif', 'test']);
export const cameraStatus = z.enum(['CONNECTED', 'DISCONNECTED', 'ERROR', 'BUSY', 'PROBING']);

/** Finer than the status; the server's table says how they follow each other. */
export const cameraState = z
  .enum([
    'probing',
    'absent',
    'ready',
    'starting',
    'live',
    'recovering',
    'failed',
    'busy',
    'lent',
    'off',
    'disabled',
  ])
  .describe('Where the camera is in its life; finer than `status`');

/** Why a camera is in its state, for programs. */
export const cameraReason = z.enum([
  'probing',
  'unplugged',
  'not_needed',
  'disabled',
  'off',
  'released',
  'busy',
  'permission',
  'dead',
  'unusable',
  'bandwidth',
  'io_error',
  'refused_stream',
  'refused_mode',
  'capture_ended',
  'stalled',
  'starved',
  'frozen',
  'black',
  'encoder_failed',
  'ffmpeg_missing',
  'out_of_memory',
  'media_server',
  'flapping',
]);

export const cameraIdentity = z
  .object({
    matched_by: z
      .array(z.string())
      .describe('The traits that agreed when it was last recognised; empty for one that was new'),
    score: z.number().nullable().describe('Points of these traits; null for one that was new'),
    notice: z
      .string()
      .nullable()
      .describe(
        'What a person should decide, such as: it may be one of these cameras; merge_cameras joins them',
      ),
    candidates: z.array(z.string()).describe('The cameras that it may be'),
  })
  .describe('Why the device that is there is taken for this camera');

export const camera = z.object({
  device: z.string(),
  device_path: z.string().nullable().describe('The node at which it is now; null for a camera without one'),
  name: z.string(),
  kind: cameraKind,
  status: cameraStatus,
  status_reason: z
    .string()
    .nullable()
    .describe('Why it is not CONNECTED, or what is not as it should be, in words'),
  reason_code: cameraReason.nullable().describe('The same for programs'),
  remedy: z.string().nullable().describe('What the service does about it, or what a person can do'),
  state: cameraState,
  enabled: z.boolean().describe('false: the service leaves the device alone'),
  mode: captureMode,
  identity: cameraIdentity,
  released_until: timestamp.nullable().describe('Lent to another program until then'),
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
  pixel_format: z.string().nullable().describe('As which it is captured at present'),
  mode_reason: z.string().nullable().describe('Why it is captured otherwise than wanted'),
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

export const get_cameras = method({
  role: 'viewer',
  summary: 'The same as get_camera_list',
  result: cameraList,
  deprecated: 'use get_camera_list',
});

export const get_camera_status = method({
  role: 'viewer',
  summary: 'One camera with its metrics, capabilities and settings',
  params: z.object({ device: deviceParam }),
  result: camera.extend({
    metrics: cameraMetrics,
    capabilities: cameraCapabilities,
    settings: cameraSettings,
  }),
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

export const get_camera_history = method({
  role: 'viewer',
  summary: "A camera's last changes of state, newest first",
  params: z.object({
    device: deviceParam,
    limit: z.int().min(1).max(50).default(50).describe('How many at most; the last 50 are kept'),
  }),
  result: z.object({
    device: deviceResult,
    transitions: z.array(
      z.object({
        time: timestamp,
        from: cameraState.nullable().describe('null: the camera was met for the first time'),
        to: cameraState,
        reason: cameraReason.nullable(),
        detail: z.string().nullable().describe('The same in words'),
      }),
    ),
  }),
  errors: ['not_found'],
});

export const release_camera = method({
  role: 'operator',
  summary: 'Frees the device for another program, for a while',
  description:
    'Viewers and recordings wait; a recording goes on with a gap when the camera is back. The camera is taken back by itself, or by reclaim_camera. Released again, the time counts anew.',
  params: z.object({
    device: deviceParam,
    seconds: z.int().min(1).max(3600).default(60).describe('For how long'),
  }),
  result: z.object({ device: deviceResult, released_until: timestamp }),
  errors: ['not_found', 'invalid_state'],
});

export const reclaim_camera = method({
  role: 'operator',
  summary: 'Takes a released camera back before its time',
  params: z.object({ device: deviceParam }),
  result: camera,
  errors: ['not_found', 'invalid_state'],
});

export const cameraMethods = {
  get_camera_list,
  get_cameras,
  get_camera_status,
  get_camera_capabilities,
  get_camera_history,
  release_camera,
  reclaim_camera,
};

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
    reason_code: cameraReason.nullable(),
    remedy: z.string().nullable(),
    state: cameraState,
    enabled: z.boolean(),
    mode: captureMode,
    identity: cameraIdentity,
    released_until: timestamp.nullable(),
  }),
});
