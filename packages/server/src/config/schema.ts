import { isIP } from 'node:net';
import { z } from 'zod';
import { publicUrlProblem } from './public-url.ts';

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
function section<S extends z.core.$ZodLooseShape>(
  shape: S,
  ...checks: z.core.CheckFn<z.output<z.ZodObject<S, z.core.$strict>>>[]
) {
  return z
    .strictObject(shape)
    .check(...checks)
    .prefault({} as never);
}

/** An IP address, or a network such as `10.0.0.0/8`. */
const network = z.string().refine((text) => {
  const [, address = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && Number(bits ?? 0) <= (family === 6 ? 128 : 32);
}, 'must be an IP address, or a network such as 10.0.0.0/8');

const publicUrl = z.string().check((payload) => {
  const message = publicUrlProblem(payload.value);
  if (message !== undefined) payload.issues.push({ code: 'custom', message, input: payload.value });
});

/** A certificate is of no use without its key, and the reverse. */
const tlsPair: z.core.CheckFn<{ tls_cert?: string | undefined; tls_key?: string | undefined }> = (
  payload,
) => {
  const { tls_cert, tls_key } = payload.value;
  if ((tls_cert === undefined) === (tls_key === undefined)) return;
  const [missing, given] = tls_cert === undefined ? ['tls_cert', 'tls_key'] : ['tls_key', 'tls_cert'];
  payload.issues.push({
    code: 'custom',
    message: `must be set together with server.${given}`,
    path: [missing],
    input: payload.value,
  });
};

const server = section(
  {
    host: hostName
      .default('127.0.0.1')
      .describe('Address to listen on; 0.0.0.0 for every interface')
      .meta({ example: '0.0.0.0' }),
    port: port
      .default(8002)
      .describe('Page, WebSocket, RPC and files; 0 takes a free one')
      .meta({ example: 8080 }),
    max_connections: z
      .int()
      .min(1)
      .default(1000)
      .describe('WebSocket connections in all; beyond it the upgrade gets 503')
      .meta({ reload: 'live', example: 200 }),
    max_connections_per_address: z
      .int()
      .min(1)
      .default(1000)
      .describe('WebSocket connections of one address')
      .meta({ reload: 'live', example: 50 }),
    max_in_flight: z
      .int()
      .min(1)
      .default(256)
      .describe('Calls of one session that run at once')
      .meta({ reload: 'live', example: 64 }),
    allowed_hosts: z
      .array(hostName)
      .default([])
      .describe('Host names, beyond localhost and IP addresses, that requests may name')
      .meta({ reload: 'live', example: ['cameras.lan'] }),
    allowed_origins: z
      .array(z.string())
      .default([])
      .describe('Web origins, beyond its own, that may open the WebSocket')
      .meta({ reload: 'live', example: ['https://wall.example'] }),
    reply_metadata: z
      .boolean()
      .default(false)
      .describe('Replies carry a top-level `metadata`')
      .meta({ reload: 'live', example: true }),
    max_sockets_per_address: z
      .int()
      .min(1)
      .default(2000)
      .describe('TCP connections of one address, whatever they carry; beyond it they are closed at once')
      .meta({ reload: 'live', example: 500 }),
    trusted_proxies: z
      .array(network)
      .default([])
      .describe(
        'Addresses or networks (`10.0.0.0/8`) of reverse proxies whose X-Forwarded headers are believed',
      )
      .meta({ example: ['10.0.0.1'] }),
    public_url: publicUrl
      .optional()
      .describe(
        'Where clients reach the service through a reverse proxy, such as `https://cameras.example`: used in the addresses that they are told, and its name and origin count as own; https makes session cookies Secure',
      )
      .meta({ reload: 'live', example: 'https://cameras.example' }),
    tls: z
      .boolean()
      .default(false)
      .describe('HTTPS and WSS; with a certificate of its own, made at the first start, where none is given')
      .meta({ example: true }),
    tls_cert: path
      .optional()
      .describe('Certificate chain (PEM); turns TLS on')
      .meta({ example: '/etc/camera-service/chain.pem' }),
    tls_key: path
      .optional()
      .describe('Its private key (PEM)')
      .meta({ example: '/etc/camera-service/key.pem' }),
  },
  tlsPair,
);

const health = section({
  host: hostName.default('127.0.0.1').describe('Address of the health port').meta({ example: '0.0.0.0' }),
  port: port
    .optional()
    .describe('Health checks without login; 8003, or the next free one where it is not set')
    .meta({ example: 9003 }),
  metrics: z
    .boolean()
    .default(false)
    .describe('/metrics on the health port too: without login, and without names of cameras')
    .meta({ example: true }),
});

const mediamtx = section({
  mode: z
    .enum(['auto', 'external', 'managed'])
    .default('auto')
    .describe(
      'auto: use the one that answers at api_url, else start an own; external: only that one; managed: always an own',
    )
    .meta({ example: 'external' }),
  api_url: z
    .url()
    .default('http://127.0.0.1:9997')
    .describe('API of an external MediaMTX; `unix:///path.sock` too')
    .meta({ example: 'http://10.0.0.5:9997' }),
  api_username: z.string().optional().describe('User of the external API').meta({ example: 'service' }),
  api_password: z.string().optional().describe('Its password').meta({ secret: true, example: 'a password' }),
  binary: path
    .optional()
    .describe('The program; default: PATH, then the cache')
    .meta({ program: true, example: '/usr/local/bin/mediamtx' }),
  host: hostName
    .optional()
    .describe('Address of the own RTSP and WebRTC media ports; default: server.host')
    .meta({ example: '0.0.0.0' }),
  rtsp_port: port
    .optional()
    .describe('RTSP; 8554, or the next free one where it is not set')
    .meta({ example: 9554 }),
  webrtc_port: port
    .optional()
    .describe('WebRTC media (UDP); 8189, or the next free one where it is not set')
    .meta({ example: 9189 }),
  rtsp_url: z
    .url()
    .default('rtsp://127.0.0.1:8554')
    .describe('RTSP of an external MediaMTX')
    .meta({ example: 'rtsp://10.0.0.5:8554' }),
  webrtc_url: z
    .url()
    .default('http://127.0.0.1:8889')
    .describe('WHEP of an external MediaMTX')
    .meta({ example: 'http://10.0.0.5:8889' }),
  hls_url: z
    .url()
    .default('http://127.0.0.1:8888')
    .describe('HLS of an external MediaMTX')
    .meta({ example: 'http://10.0.0.5:8888' }),
  rtsp_username: z
    .string()
    .optional()
    .describe('User that may publish and read at an external MediaMTX')
    .meta({ example: 'publisher' }),
  rtsp_password: z.string().optional().describe('Its password').meta({ secret: true, example: 'a password' }),
  api_timeout: z
    .number()
    .min(0.1)
    .max(60)
    .default(3)
    .describe('Seconds that an API call may take')
    .meta({ example: 5 }),
});

const camera = section({
  discovery: z.boolean().default(true).describe('Look for USB cameras').meta({ example: false }),
  rescan_interval: z
    .number()
    .min(1)
    .max(3600)
    .default(15)
    .describe('Seconds between re-scans that find what no event told')
    .meta({ example: 30 }),
  ignore: z
    .array(devicePattern)
    .default([])
    .describe(
      'Devices to leave alone, each by node (`/dev/video3`), name, USB id (`usb:046d:0825`), serial number or bus; ' +
        '`*` stands for any text, upper and lower case are the same',
    )
    .meta({ example: ['/dev/video9', 'usb:046d:*'] }),
  node_range: nodeRange
    .optional()
    .describe('Numbers of the nodes to look at, such as `0-9` for /dev/video0 to /dev/video9; default: all')
    .meta({ example: '0-9' }),
  test_cameras: z
    .union([z.literal('auto'), z.int().min(0).max(32)])
    .default('auto')
    .describe('How many test cameras; auto: one when no other camera is there')
    .meta({ example: 2 }),
  test_resolution: resolution
    .default('1280x720')
    .describe('Picture of the test cameras')
    .meta({ example: '640x360' }),
  test_fps: z.int().min(1).max(60).default(30).describe('Rate of the test cameras').meta({ example: 15 }),
  mode: z
    .enum(['on_demand', 'always'])
    .default('on_demand')
    .describe('Whether cameras are live only while somebody needs them')
    .meta({ reload: 'live', example: 'always' }),
  linger: z
    .number()
    .min(0)
    .max(3600)
    .default(10)
    .describe('Seconds that a camera stays live after the last need')
    .meta({ reload: 'live', example: 30 }),
});

const capture = section({
  ffmpeg: path
    .optional()
    .describe('ffmpeg for capture; default: PATH, then the cache')
    .meta({ program: true, example: '/usr/bin/ffmpeg' }),
  resolution: resolution
    .default('1280x720')
    .describe('Wanted size; the nearest that the camera offers is taken')
    .meta({ reload: 'live', example: '1920x1080' }),
  fps: z.number().min(1).max(240).default(30).describe('Wanted rate').meta({ reload: 'live', example: 25 }),
  bitrate: z
    .int()
    .min(64)
    .max(100_000)
    .optional()
    .describe('Kilobits a second; default by size and rate')
    .meta({ reload: 'live', example: 4000 }),
  start_timeout: z
    .number()
    .min(1)
    .max(300)
    .default(15)
    .describe('Seconds until the first picture')
    .meta({ example: 30 }),
  stall_timeout: z
    .number()
    .min(1)
    .max(300)
    .default(3)
    .describe('Seconds without a picture after which capture is started anew')
    .meta({ reload: 'live', example: 5 }),
});

const recording = section({
  part_duration: z
    .number()
    .min(0.1)
    .max(10)
    .default(0.2)
    .describe('Seconds that a crash may cost at most')
    .meta({ reload: 'live', example: 1 }),
  segment_duration: z
    .int()
    .min(10)
    .max(86_400)
    .default(1800)
    .describe('Seconds after which a new file begins')
    .meta({ reload: 'live', example: 600 }),
  start_timeout: z
    .number()
    .min(1)
    .max(300)
    .default(5)
    .describe('Seconds until the file must be there')
    .meta({ reload: 'live', example: 10 }),
});

const snapshots = section({
  ffmpeg: path
    .optional()
    .describe('ffmpeg for short runs; default: whichever found starts fastest')
    .meta({ program: true, example: '/usr/bin/ffmpeg' }),
  timeout: z
    .number()
    .min(1)
    .max(120)
    .default(10)
    .describe('Seconds that a snapshot may take, the opening of the camera included')
    .meta({ reload: 'live', example: 20 }),
});

const storage = section({
  data_dir: path
    .optional()
    .describe('Database, recordings, snapshots, secrets')
    .meta({ example: '/srv/cameras' }),
  min_free: z
    .int()
    .min(0)
    .default(200)
    .describe('Megabytes that must stay free; below it no recording starts')
    .meta({ reload: 'live', example: 2000 }),
});

const security = section({
  jwt_secret: z
    .string()
    .min(32, 'must be at least 32 bytes')
    .optional()
    .describe('Default: 32 random bytes made at the first start')
    .meta({ secret: true, signing: true, example: 'at-least-32-bytes-that-nobody-else-knows' }),
  token_expiry: z
    .int()
    .min(30)
    .max(365 * 86_400)
    .default(86_400)
    .describe('Seconds that a token lives unless told')
    .meta({ reload: 'live', example: 3600 }),
  jwt_secret_previous: z
    .string()
    .min(32, 'must be at least 32 bytes')
    .optional()
    .describe('The secret before jwt_secret: its tokens are still taken, and none is made with it')
    .meta({ secret: true, signing: true, example: 'the-32-or-more-bytes-that-were-in-use-before' }),
  rate_limit_per_minute: z
    .int()
    .min(0)
    .default(6000)
    .describe('Calls of one session; 0: no limit')
    .meta({ reload: 'live', example: 600 }),
  rate_limit_burst: z
    .int()
    .min(1)
    .default(1000)
    .describe('Calls of one session at once')
    .meta({ reload: 'live', example: 100 }),
  address_rate_limit_per_minute: z
    .int()
    .min(0)
    .default(60_000)
    .describe('Calls and requests of one address, whoever makes them; 0: no limit')
    .meta({ reload: 'live', example: 6000 }),
  open_reads: z
    .boolean()
    .default(false)
    .describe('Read methods need no login')
    .meta({ reload: 'live', example: true }),
  audit: z
    .enum(['control', 'all'])
    .default('control')
    .describe(
      'What the audit log holds beside logins, downloads and refusals: control: what changes something; all: every call',
    )
    .meta({ reload: 'live', example: 'all' }),
  audit_days: z
    .int()
    .min(7)
    .max(3650)
    .default(90)
    .describe('Days that the audit log is kept')
    .meta({ reload: 'live', example: 365 }),
});

const retention_policy = section({
  enabled: z
    .boolean()
    .default(false)
    .describe('Old recordings and snapshots go by themselves')
    .meta({ reload: 'live', example: true }),
  policy_type: z
    .enum(['age', 'size', 'manual'])
    .default('manual')
    .describe(
      'age: by max_age_days; size: by max_size_gb, the oldest first; manual: only by cleanup_old_files',
    )
    .meta({ reload: 'live', example: 'age' }),
  max_age_days: z
    .int()
    .min(1)
    .max(36_500)
    .optional()
    .describe('Older files go')
    .meta({ reload: 'live', example: 30 }),
  max_size_gb: z
    .number()
    .min(0.001)
    .max(1_000_000)
    .optional()
    .describe('What recordings and snapshots may take together, in 10⁹ bytes')
    .meta({ reload: 'live', example: 500 }),
});

const logging = section({
  level: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Least severe level told')
    .meta({ reload: 'live', example: 'debug' }),
  format: z
    .enum(['auto', 'json', 'pretty'])
    .default('auto')
    .describe('auto: pretty in a terminal, else JSON lines')
    .meta({ example: 'json' }),
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
