import { z } from 'zod';
import { deviceParam, deviceResult, seconds, streams, timestamp } from './common.ts';
import { method } from './define.ts';

const streamName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
    'letters, digits, underscore and hyphen, at most 64, beginning with a letter or digit',
  );

const sourceProtocols = ['rtsp:', 'rtsps:', 'rtmp:', 'rtmps:', 'http:', 'https:', 'srt:', 'whep:', 'wheps:'];

export const streamSource = z
  .string()
  .max(2048)
  // MediaMTX substitutes $NAME in sources, and a control character or blank could begin a second one.
  // A backslash is a part of the host to one parser and a slash to another, so it could hide where a source leads.
  .refine((text) => !/[\p{Cc}\s$\\]/u.test(text), 'no blanks, control characters, backslashes or $')
  .refine((text) => {
    const url = parseUrl(text);
    return url !== undefined && sourceProtocols.includes(url.protocol) && url.hostname !== '';
  }, 'an absolute URL with a host: rtsp, rtsps, rtmp, rtmps, http, https, srt or whep')
  .refine((text) => !isLinkLocal(text), 'link-local addresses are refused')
  .describe('Where MediaMTX pulls the stream from');

// URL.parse is missing in Node 20.
function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function isLinkLocal(text: string): boolean {
  // Schemes that the URL standard doesn't know leave a host as it was written; http makes it canonical.
  const url = parseUrl(text.replace(/^[a-z]+:/i, 'http:'));
  const host = url?.hostname ?? '';
  return (
    host.startsWith('169.254.') ||
    /^\[fe[89ab][0-9a-f]:/i.test(host) ||
    // IPv4 within IPv6: mapped, compatible, translated, 6to4.
    /^\[(?:::|64:ff9b::)(?:ffff:(?:0:)?)?a9fe:/i.test(host) ||
    /^\[2002:a9fe:/i.test(host)
  );
}

export const streamEntry = z.object({
  name: z.string(),
  source: z.string().nullable().describe('`publisher`, or the URL that is pulled, without its credentials'),
  ready: z.boolean(),
  readers: z.int(),
  bytes_sent: z.int(),
});

export const get_streams = method({
  role: 'viewer',
  summary: 'Every path of MediaMTX that the caller may see',
  result: z.array(streamEntry),
  errors: ['dependency_failed'],
});

export const create_stream = method({
  role: 'admin',
  summary: 'Lets MediaMTX pull a stream under a name',
  params: z.object({ name: streamName, source: streamSource }),
  result: z.object({
    name: z.string(),
    source: z.string(),
    streams,
    status: z.enum(['CREATED']),
    ready: z.boolean().describe('Whether the picture is there already'),
  }),
  errors: ['invalid_state', 'dependency_failed'],
});

export const delete_stream = method({
  role: 'admin',
  summary: 'Removes a stream of create_stream',
  params: z.object({ name: streamName }),
  result: z.object({ name: z.string(), deleted: z.literal(true), success: z.literal(true) }),
  errors: ['not_found', 'invalid_state', 'dependency_failed'],
});

export const start_streaming = method({
  role: 'operator',
  summary: 'Keeps a camera live without a viewer',
  params: z.object({ device: deviceParam }),
  result: z.object({
    device: deviceResult,
    stream_name: z.string(),
    stream_url: z.string(),
    status: z.enum(['STARTED']),
    start_time: timestamp,
    auto_close_after: seconds.describe('Seconds after which it ends by itself if nobody watches'),
    ffmpeg_command: z.string().nullable().describe('How the picture is captured, without credentials'),
  }),
  errors: ['not_found', 'invalid_state', 'dependency_failed'],
});

export const stop_streaming = method({
  role: 'operator',
  summary: 'Takes back start_streaming',
  params: z.object({ device: deviceParam }),
  result: z.object({
    device: deviceResult,
    stream_name: z.string(),
    status: z.enum(['STOPPED']),
    start_time: timestamp,
    end_time: timestamp,
    duration: seconds,
    stream_continues: z.boolean().describe('Somebody else still needs the picture'),
    message: z.string().optional(),
  }),
  errors: ['not_found', 'invalid_state'],
});

export const get_stream_url = method({
  role: 'viewer',
  summary: 'An address that works as pasted into a player',
  description:
    "Carries short-lived credentials where they are needed; they end with the caller's right. A user's password is no login for players, an API key is: its id as user, the key as password.",
  params: z.object({
    device: deviceParam.optional(),
    stream: streamName.optional().describe('A name of create_stream, instead of a device'),
  }),
  result: z.object({
    device: deviceResult.nullable(),
    stream_name: z.string(),
    stream_url: z.string().describe('RTSP'),
    expires_at: timestamp
      .nullable()
      .describe('When the credentials end; a player that plays goes on while the right of the caller lasts'),
    streams,
    available: z.boolean().describe('Whether a player would get a picture now or on demand'),
    active_consumers: z.int(),
    stream_status: z.enum(['READY', 'NOT_READY', 'ERROR']),
  }),
  errors: ['not_found', 'dependency_failed'],
});

export const get_stream_status = method({
  role: 'viewer',
  summary: "A camera's stream in detail",
  params: z.object({ device: deviceParam }),
  result: z.object({
    device: deviceResult,
    stream_name: z.string(),
    status: z.enum(['INACTIVE', 'STARTING', 'ACTIVE', 'STOPPING', 'ERROR']),
    ready: z.boolean(),
    ffmpeg_process: z.object({
      running: z.boolean(),
      pid: z.int().nullable(),
      uptime: seconds,
    }),
    mediamtx_path: z.object({
      exists: z.boolean(),
      ready: z.boolean(),
      readers: z.int().describe("Viewers; the service's own readers don't count"),
    }),
    metrics: z.object({
      bytes_sent: z.int(),
      frames_sent: z.int(),
      bitrate: z.int().describe('Bits a second'),
      fps: z.number(),
    }),
    start_time: timestamp.nullable(),
  }),
  errors: ['not_found'],
});

export const streamMethods = {
  get_streams,
  create_stream,
  delete_stream,
  start_streaming,
  stop_streaming,
  get_stream_url,
  get_stream_status,
};
