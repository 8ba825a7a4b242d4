// Every path of the service's own port and of the health port. A test sends each example and compares.

/**
 * @typedef {object} Endpoint
 * @property {string} method
 * @property {string} path
 * @property {string} about
 * @property {string} login who may: `none`, or a role; `camera`: whoever may view the camera
 * @property {string} [notes]
 * @property {[name: string, meaning: string][]} [query]
 * @property {[status: number, when: string][]} answers
 * @property {{ path?: string, headers?: Record<string, string>, body?: string, status: number, type?: string, shows?: Record<string, string>, json?: unknown, isExcerpt?: boolean, text?: string }} example
 *   `shows`: headers of the answer with a value like it; `json`: a body of this shape, or with these keys among others; `text`: how a text begins
 */

const refused = /** @type {[number, string][]} */ ([
  [401, 'no login, or one that is not valid any more'],
  [404, 'there is no such camera, or the caller may not know of it'],
]);

/** @param {string} path @param {string} about @param {unknown} json @returns {Endpoint} */
function health(path, about, json) {
  return {
    method: 'GET',
    path,
    about,
    login: 'none',
    answers: [
      [200, 'well, or degraded and still of use'],
      [503, 'not of use: see the body'],
    ],
    example: { status: 200, type: 'application/json; charset=utf-8', json },
  };
}

const components = { websocket_server: 'RUNNING', camera_monitor: 'RUNNING', mediamtx: 'RUNNING' };
const timestamp = '2026-11-28T13:20:11.532Z';

/** @type {Endpoint[]} */
export const endpoints = [
  {
    method: 'GET',
    path: '/ws',
    about: 'The WebSocket: JSON-RPC 2.0, one message a text frame',
    login: 'none',
    notes:
      'A token (`Authorization: Bearer`), an API key (`X-API-Key`) or the page’s cookie on the upgrade logs in; else `authenticate` or `login` do. A page of another origin is refused unless `server.allowed_origins` names it.',
    answers: [
      [101, 'the connection is a WebSocket now'],
      [401, 'the token or the key is not valid'],
      [403, 'a page of another origin'],
      [426, 'no upgrade was asked for'],
      [503, 'too many connections; `Retry-After` says when to try again'],
    ],
    example: {
      status: 426,
      type: 'application/json; charset=utf-8',
      json: {
        error: {
          code: -32600,
          message: 'invalid request: this is a WebSocket endpoint',
          data: {
            reason: 'upgrade_required',
            details: 'this is a WebSocket endpoint',
            suggestion: 'open it with a WebSocket client, or send single calls to POST /rpc',
            hint: 'open it with a WebSocket client, or send single calls to POST /rpc',
          },
        },
      },
    },
  },
  {
    method: 'POST',
    path: '/rpc',
    about: 'One JSON-RPC message, or a batch',
    login: 'none',
    notes: 'As the method asks: by `Authorization: Bearer`, `X-API-Key` or the cookie.',
    answers: [
      [200, 'the reply, also where it is an error'],
      [204, 'nothing but notifications was sent'],
      [401, 'the token or the key is not valid'],
    ],
    example: {
      headers: { 'content-type': 'application/json' },
      body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
      status: 200,
      type: 'application/json; charset=utf-8',
      json: { jsonrpc: '2.0', id: 1, result: 'pong' },
    },
  },
  {
    method: 'GET',
    path: '/openrpc.json',
    about: 'The contract for programs, as `rpc.discover` gives it',
    login: 'none',
    answers: [[200, 'the OpenRPC document']],
    example: {
      status: 200,
      type: 'application/json; charset=utf-8',
      json: { openrpc: '1.3.2' },
      isExcerpt: true,
    },
  },
  {
    method: 'GET',
    path: '/api/cameras',
    about: 'The camera list for what speaks plain HTTP alone, as `get_camera_list` gives it',
    login: 'viewer',
    answers: [
      [200, 'the cameras that the caller may see'],
      [401, 'no login'],
    ],
    example: {
      status: 200,
      type: 'application/json; charset=utf-8',
      json: {
        cameras: [{ device: 'camera0', name: 'Test camera', status: 'CONNECTED' }],
        total: 1,
        connected: 1,
      },
      isExcerpt: true,
    },
  },
  {
    method: 'GET',
    path: '/files/recordings/{name}',
    about: 'A recording, as an attachment',
    login: 'camera',
    notes:
      'Also without a login by a `download_url`, which is signed and ends; it ends too when the rights of whom it was made for end.',
    answers: [
      [200, 'the file'],
      [206, 'a part of it (`Range`)'],
      [304, 'not changed (`If-None-Match`)'],
      [400, 'no name of a file'],
      [401, 'no login, or a link that has expired or was tampered with'],
      [404, 'there is no such file, or the caller may not know of it'],
      [416, 'a range beyond its end'],
    ],
    example: {
      path: '/files/recordings/{recording}',
      headers: { range: 'bytes=0-1023' },
      status: 206,
      type: 'video/mp4',
      shows: {
        'accept-ranges': 'bytes',
        'content-disposition': 'attachment; filename="{recording}"',
        'content-length': '1024',
      },
    },
  },
  {
    method: 'GET',
    path: '/files/snapshots/{name}',
    about: 'A snapshot, as an attachment',
    login: 'camera',
    notes: 'As recordings.',
    answers: [
      [200, 'the file'],
      [206, 'a part of it (`Range`)'],
      [304, 'not changed (`If-None-Match`)'],
      [400, 'no name of a file'],
      [401, 'no login, or a link that has expired or was tampered with'],
      [404, 'there is no such file, or the caller may not know of it'],
    ],
    example: {
      path: '/files/snapshots/{snapshot}',
      status: 200,
      type: 'image/jpeg',
      shows: { 'content-disposition': 'attachment; filename="{snapshot}"' },
    },
  },
  {
    method: 'GET',
    path: '/media/{device}/still.jpg',
    about: 'The newest picture, at once',
    login: 'camera',
    notes: 'A camera that is not live gives its last known picture and says how old it is.',
    query: [
      ['max_age_ms', 'how old it may be at most; the camera is opened where it must'],
      [
        'width',
        'pixels, never wider than the picture is; the last picture of a camera that is not live comes as it is',
      ],
    ],
    answers: [
      [200, 'the picture'],
      [400, 'max_age_ms or width is none'],
      ...refused,
      [503, 'there is none, and none could be taken'],
    ],
    example: {
      path: '/media/camera0/still.jpg?max_age_ms=2000',
      status: 200,
      type: 'image/jpeg',
      shows: { 'x-age-ms': '41', 'x-captured-at': timestamp },
    },
  },
  {
    method: 'POST',
    path: '/media/{device}/whep',
    about: 'Live by WebRTC: the WHEP endpoint',
    login: 'camera',
    notes:
      '`Location` is the session: `PATCH` it with ICE candidates, `DELETE` it to end it. `OPTIONS` tells the ICE servers. The camera is opened for the first viewer.',
    answers: [[201, 'the answer (`application/sdp`)'], ...refused, [503, 'the camera has no picture']],
    example: {
      path: '/media/camera0/whep',
      headers: { 'content-type': 'text/plain' },
      body: 'v=0',
      status: 415,
      json: {
        error: {
          code: -32600,
          message: 'invalid request: the body must be application/sdp',
          data: {
            reason: 'wrong_content_type',
            details: 'the body must be application/sdp',
            suggestion: 'send it with Content-Type: application/sdp',
            hint: 'send it with Content-Type: application/sdp',
          },
        },
      },
    },
  },
  {
    method: 'GET',
    path: '/media/{device}/hls/index.m3u8',
    about: 'Live by low-latency HLS: the playlist, and by the names in it everything else',
    login: 'camera',
    answers: [[200, 'the playlist'], ...refused, [503, 'the camera has no picture']],
    example: {
      path: '/media/camera0/hls/index.m3u8',
      status: 200,
      type: 'application/vnd.apple.mpegurl',
      text: '#EXTM3U',
    },
  },
  {
    method: 'GET',
    path: '/metrics',
    about: 'Figures for Prometheus; only the caller’s cameras are in their labels',
    login: 'viewer',
    notes: 'With `health.metrics: true` also on the health port, without login and without names of cameras.',
    answers: [
      [200, 'the figures'],
      [401, 'no login'],
    ],
    example: { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', text: '# HELP ' },
  },
  {
    method: 'GET',
    path: '/login',
    about: 'Logs a browser in by the one-time link that the start prints',
    login: 'none',
    query: [['code', 'good once, and for 10 minutes']],
    answers: [[303, 'to the page, with the cookie; or to `/?login=expired`']],
    example: { path: '/login?code=an-old-one', status: 303, shows: { location: '/?login=expired' } },
  },
  {
    method: 'POST',
    path: '/login',
    about: 'Logs a browser in: `{user, password}`, or `{token}` with a token or an API key',
    login: 'none',
    answers: [
      [200, 'the cookie `camera_session` (HttpOnly, SameSite=Strict; Secure under TLS)'],
      [400, 'neither of the two'],
      [401, 'wrong'],
      [429, 'too many wrong passwords; `Retry-After` says when to try again'],
    ],
    example: {
      headers: { 'content-type': 'application/json' },
      body: '{"token":"not one"}',
      status: 401,
      json: {
        error: {
          code: -32001,
          message: 'authentication failed: the token is not valid',
          data: {
            reason: 'invalid',
            details: 'the token is not valid',
            suggestion: 'send a token that this service has made',
          },
        },
      },
    },
  },
  {
    method: 'POST',
    path: '/logout',
    about: 'Ends the login of this browser',
    login: 'none',
    answers: [[200, 'the cookie is gone, and of no use any more']],
    example: { status: 200, json: { logged_out: true } },
  },
  {
    method: 'GET',
    path: '/',
    about: 'The page',
    login: 'none',
    answers: [[200, 'the page; it asks for the login itself']],
    example: { status: 200, type: 'text/html; charset=utf-8', text: '<!doctype html>' },
  },
  health('/health', 'How the service is, in one word', {
    status: 'healthy',
    uptime: 61.2,
    version: '0.1.0',
    timestamp,
  }),
  health('/health/live', 'Whether the process answers: nothing else', {
    status: 'alive',
    live: true,
    timestamp,
  }),
  health('/health/ready', 'Whether the service is of use now', {
    status: 'ready',
    ready: true,
    details: { status: 'healthy', components, problems: [] },
    timestamp,
  }),
  health('/health/detailed', 'Everything that is known of it', {
    status: 'healthy',
    uptime: 61.2,
    version: '0.1.0',
    components,
    problems: [],
    cameras: { total: 1, connected: 1, live: 0, recording: 0 },
    mediamtx: { mode: 'managed', version: 'v1.20.1', restarts: 0 },
    timestamp,
  }),
  health('/health/system', 'The machine and the process', {
    status: 'healthy',
    details: {
      uptime: 61.2,
      cpus: 2,
      load_average: [0.1, 0.1, 0.1],
      memory_total: 25_000_000_000,
      memory_free: 20_000_000_000,
      process_memory: 90_000_000,
      runtime: 'Node 20.20.2',
    },
    timestamp,
  }),
  health('/health/cameras', 'The camera monitor and its cameras, in numbers', {
    status: 'healthy',
    details: { state: 'RUNNING', total: 1, connected: 1, live: 0, recording: 0 },
    problems: [],
    timestamp,
  }),
  health('/health/mediamtx', 'MediaMTX', {
    status: 'healthy',
    details: { state: 'RUNNING', mode: 'managed', version: 'v1.20.1', restarts: 0 },
    problems: [],
    timestamp,
  }),
];
