import { z } from 'zod';

const port = z.int().min(0).max(65_535);
const hostName = z.string().min(1).max(253);
const resolution = z.string().regex(/^[1-9][0-9]{1,4}x[1-9][0-9]{1,4}$/, 'must be WIDTHxHEIGHT');
const path = z.string().min(1).max(4_096);

/** What one ignored device is called; must be able to match something, and not everything. */
const devicePattern = z
  .string()
  .trim()
  .max(200)
  .regex(/[^*\s]/, 'must name something; camera.discovery: false looks for no camera at all')
  .refine(
    (text) => !text.startsWith('/') || /^\/dev\/video[0-9*]+$/.test(text),
    'a node must be written /dev/videoN; * stands for any text',
  )
  .refine(
    (text) => !/^usb:/i.test(text) || /^usb:[0-9a-f*]{1,4}:[0-9a-f*]{1,4}$/i.test(text),
    'a USB id must be written usb:VVVV:PPPP in hex digits; * stands for any of them',
  );

const nodeRange = z
  .string()
  .regex(/^\d+-\d+$/, { error: 'must be FROM-TO, such as 0-9', abort: true })
  .refine((text) => {
    const [from, to] = text.split('-').map(Number) as [number, number];
    return from <= to;
  }, 'must begin with the smaller number');

/** A section that may be absent: its keys then take their own defaults. */
function section<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.strictObject(shape).prefault({} as never);
}

const server = section({
  host: hostName.default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for every interface'),
  port: port.default(8002).describe('Page, WebSocket, RPC and files; 0 takes a free one'),
  max_connections: z
    .int()
    .min(1)
    .default(1000)
    .describe('WebSocket connections in all; beyond it the upgrade gets 503'),
  max_connections_per_address: z.int().min(1).default(1000).describe('WebSocket connections of one address'),
  max_in_flight: z.int().min(1).default(256).describe('Calls of one session that run at once'),
  allowed_hosts: z
    .array(hostName)
    .default([])
    .describe('Host names, beyond localhost and IP addresses, that requests may name'),
  allowed_origins: z
    .array(z.string())
    .default([])
    .describe('Web origins, beyond its own, that may open the WebSocket'),
  reply_metadata: z.boolean().default(false).describe('Replies carry a top-level `metadata`'),
  max_sockets_per_address: z
    .int()
    .min(1)
    .default(2000)
    .describe('TCP connections of one address, whatever they carry; beyond it they are closed at once'),
  trusted_proxies: z
    .array(z.string().min(1).max(64))
    .default([])
    .describe(
      'Addresses or networks (`10.0.0.0/8`) of reverse proxies whose X-Forwarded headers are believed',
    ),
  tls: z
    .boolean()
    .default(false)
    .describe('HTTPS and WSS; with a certificate of its own, made at the first start, where none is given'),
  tls_cert: path.optional().describe('Certificate chain (PEM); turns TLS on'),
  tls_key: path.optional().describe('Its private key (PEM)'),
});

const health = section({
  host: hostName.default('127.0.0.1').describe('Address of the health port'),
  port: port
    .optional()
    .describe('Health checks without login; 8003, or the next free one where it is not set'),
  metrics: z
    .boolean()
    .default(false)
    .describe('/metrics on the health port too: without login, and without names of cameras'),
});

const mediamtx = section({
  mode: z
    .enum(['auto', 'external', 'managed'])
    .default('auto')
    .describe(
      'auto: use the one that answers at api_url, else start an own; external: only that one; managed: always an own',
    ),
  api_url: z
    .url()
    .default('http://127.0.0.1:9997')
    .describe('API of an external MediaMTX; `unix:///path.sock` too'),
  api_username: z.string().optional().describe('User of the external API'),
  api_password: z.string().optional().describe('Its password'),
  binary: path.optional().describe('The program; default: PATH, then the cache'),
  host: hostName.optional().describe('Address of the own RTSP and WebRTC media ports; default: server.host'),
  rtsp_port: port.optional().describe('RTSP; 8554, or the next free one where it is not set'),
  webrtc_port: port.optional().describe('WebRTC media (UDP); 8189, or the next free one where it is not set'),
  rtsp_url: z.url().default('rtsp://127.0.0.1:8554').describe('RTSP of an external MediaMTX'),
  webrtc_url: z.url().default('http://127.0.0.1:8889').describe('WHEP of an external MediaMTX'),
  hls_url: z.url().default('http://127.0.0.1:8888').describe('HLS of an external MediaMTX'),
  rtsp_username: z.string().optional().describe('User that may publish and read at an external MediaMTX'),
  rtsp_password: z.string().optional().describe('Its password'),
  api_timeout: z.number().min(0.1).max(60).default(3).describe('Seconds that an API call may take'),
});

const camera = section({
  discovery: z.boolean().default(true).describe('Look for USB cameras'),
  rescan_interval: z
    .number()
    .min(1)
    .max(3600)
    .default(15)
    .describe('Seconds between re-scans that find what no event told'),
  ignore: z
    .array(devicePattern)
    .default([])
    .describe(
      'Devices to leave alone, each by node (`/dev/video3`), name, USB id (`usb:046d:0825`), serial number or bus; ' +
        '`*` stands for any text, upper and lower case are the same',
    ),
  node_range: nodeRange
    .optional()
    .describe('Numbers of the nodes to look at, such as `0-9` for /dev/video0 to /dev/video9; default: all'),
  test_cameras: z
    .union([z.literal('auto'), z.int().min(0).max(32)])
    .default('auto')
    .describe('How many test cameras; auto: one when no other camera is there'),
  test_resolution: resolution.default('1280x720').describe('Picture of the test cameras'),
  test_fps: z.int().min(1).max(60).default(30).describe('Rate of the test cameras'),
  mode: z
    .enum(['on_demand', 'always'])
    .default('on_demand')
    .describe('Whether cameras are live only while somebody needs them'),
  linger: z
    .number()
    .min(0)
    .max(3600)
    .default(10)
    .describe('Seconds that a camera stays live after the last need'),
});

const capture = section({
  ffmpeg: path.optional().describe('ffmpeg for capture; default: PATH, then the cache'),
  resolution: resolution
    .default('1280x720')
    .describe('Wanted size; the nearest that the camera offers is taken'),
  fps: z.number().min(1).max(240).default(30).describe('Wanted rate'),
  bitrate: z.int().min(64).max(100_000).optional().describe('Kilobits a second; default by size and rate'),
  start_timeout: z.number().min(1).max(300).default(15).describe('Seconds until the first picture'),
  stall_timeout: z
    .number()
    .min(1)
    .max(300)
    .default(3)
    .describe('Seconds without a picture after which capture is started anew'),
});

const recording = section({
  part_duration: z.number().min(0.1).max(10).default(0.2).describe('Seconds that a crash may cost at most'),
  segment_duration: z
    .int()
    .min(10)
    .max(86_400)
    .default(1800)
    .describe('Seconds after which a new file begins'),
  start_timeout: z.number().min(1).max(300).default(5).describe('Seconds until the file must be there'),
});

const snapshots = section({
  ffmpeg: path.optional().describe('ffmpeg for short runs; default: whichever found starts fastest'),
  timeout: z
    .number()
    .min(1)
    .max(120)
    .default(10)
    .describe('Seconds that a snapshot may take, the opening of the camera included'),
});

const storage = section({
  data_dir: path.optional().describe('Database, recordings, snapshots, secrets'),
  min_free: z
    .int()
    .min(0)
    .default(200)
    .describe('Megabytes that must stay free; below it no recording starts'),
});

const security = section({
  jwt_secret: z
    .string()
    .min(32, 'must be at least 32 bytes')
    .optional()
    .describe('Default: 32 random bytes made at the first start'),
  token_expiry: z
    .int()
    .min(30)
    .max(365 * 86_400)
    .default(86_400)
    .describe('Seconds that a token lives unless told'),
  jwt_secret_previous: z
    .string()
    .min(32, 'must be at least 32 bytes')
    .optional()
    .describe('The secret before jwt_secret: its tokens are still taken, and none is made with it'),
  rate_limit_per_minute: z.int().min(0).default(6000).describe('Calls of one session; 0: no limit'),
  rate_limit_burst: z.int().min(1).default(1000).describe('Calls of one session at once'),
  address_rate_limit_per_minute: z
    .int()
    .min(0)
    .default(60_000)
    .describe('Calls and requests of one address, whoever makes them; 0: no limit'),
  open_reads: z.boolean().default(false).describe('Read methods need no login'),
  audit: z
    .enum(['control', 'all'])
    .default('control')
    .describe(
      'What the audit log holds beside logins, downloads and refusals: control: what changes something; all: every call',
    ),
  audit_days: z.int().min(7).max(3650).default(90).describe('Days that the audit log is kept'),
});

const retention_policy = section({
  enabled: z.boolean().default(false).describe('Old recordings and snapshots go by themselves'),
  policy_type: z
    .enum(['age', 'size', 'manual'])
    .default('manual')
    .describe(
      'age: by max_age_days; size: by max_size_gb, the oldest first; manual: only by cleanup_old_files',
    ),
  max_age_days: z.int().min(1).max(36_500).optional().describe('Older files go'),
  max_size_gb: z
    .number()
    .min(0.001)
    .max(1_000_000)
    .optional()
    .describe('What recordings and snapshots may take together, in 10⁹ bytes'),
});

const logging = section({
  level: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Least severe level told'),
  format: z
    .enum(['auto', 'json', 'pretty'])
    .default('auto')
    .describe('auto: pretty in a terminal, else JSON lines'),
});

export const configSchema = section({
  server,
  health,
  mediamtx,
  camera,
  capture,
  recording,
  snapshots,
  storage,
  retention_policy,
  security,
  logging,
});

export type Config = z.infer<typeof configSchema>;
/** The configuration as a person writes it: everything may be left out. */
export type ConfigInput = z.input<typeof configSchema>;
