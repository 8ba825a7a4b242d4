import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, notFound } from '../errors.ts';
import { delay } from '../process/delay.ts';
import { notLive, type MediaFront } from './media-front.ts';
import { badGateway } from './upstream.ts';

const retryMs = 100;
const childPattern = /^[A-Za-z0-9_-]+\.(?:m3u8|mp4|mp|ts)$/;
/** What a playlist's children may ask; anything else in a query stays here. */
const childQuery = ['session', '_HLS_msn', '_HLS_part', '_HLS_skip'];

type HlsRequest = FastifyRequest<{
  Params: { device: string; name?: string };
  Querystring: Record<string, unknown>;
}>;

interface HlsFile {
  device: string;
  path: string;
  gone: AbortSignal;
}

/**
 * LL-HLS for callers that may view the camera. Playlists name their children relative, so they pass unchanged and come
 * back here; MediaMTX's `?session=` stays in them. Requests that wait for the next part are held as long as it holds them.
 */
export function addHlsRoutes(app: FastifyInstance, front: MediaFront): void {
  const handler = async (request: HlsRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { device, gone } = await front.open(request, reply);
    const { name = 'index.m3u8' } = request.params;
    if (!childPattern.test(name)) throw notFound('hls_file', name);
    if (name === 'index.m3u8') return stream(await fetchIndex(front, device, gone), reply);
    front.deps.media.demand(device, 'hls');
    const response = await ask(front, { device, path: `/${name}${queryOf(request.query)}`, gone });
    if (response.statusCode === 401 || response.statusCode === 404) {
      response.resume();
      throw notFound('hls_session', name, 'MediaMTX has forgotten it: load index.m3u8 again');
    }
    if (response.statusCode === 400) {
      response.resume();
      throw new AppError('invalid_params', {
        reason: 'hls_refused',
        param: '_HLS_msn',
        rule: 'part_exists',
        details: 'the stream has no such part, and will not have it soon',
        suggestion: 'load the playlist again, and ask for a part that it names',
      });
    }
    return stream(response, reply);
  };
  // Once a viewer; what follows from it would fill the audit log.
  const first = { exposeHeadRoute: false, config: { audited: true } } as const;
  app.get('/media/:device/hls/index.m3u8', first, handler);
  const others = { exposeHeadRoute: false, config: { audited: 'refusals' } } as const;
  app.get('/media/:device/hls/:name', others, handler);
}

/** The first playlist opens a session at MediaMTX; asked until the camera is live. */
async function fetchIndex(front: MediaFront, device: string, gone: AbortSignal): Promise<IncomingMessage> {
  const deadline = performance.now() + front.deps.startTimeoutMs;
  let refusals = 0;
  for (;;) {
    front.deps.media.demand(device, 'hls');
    // `cookieCheck=1` skips the redirect by which MediaMTX finds out whether cookies work; the session then is in the URLs.
    const response = await ask(front, { device, path: '/index.m3u8?cookieCheck=1', gone });
    if (response.statusCode === 200) return response;
    response.resume();
    if (response.statusCode === 401 && (refusals += 1) > 1)
      throw badGateway('it refuses the login of the service');
    // 500 is what MediaMTX says while the camera's muxer is being closed or opened.
    if (![401, 404, 500].includes(response.statusCode!)) throw badGateway(`status ${response.statusCode}`);
    if (gone.aborted || performance.now() > deadline) throw notLive(device);
    await delay(retryMs, gone);
  }
}

async function ask(front: MediaFront, { device, path, gone }: HlsFile): Promise<IncomingMessage> {
  try {
    // The upstream is asked for anew each time: MediaMTX may have come back with other sockets and another login.
    const upstream = await front.deps.media.hls(device);
    return await front.deps.client.request({ upstream, method: 'GET', path, signal: gone });
  } catch (error) {
    if (gone.aborted) throw new AppError('invalid_state', { reason: 'client_gone', state: 'gone' });
    throw error;
  }
}

function stream(response: IncomingMessage, reply: FastifyReply): FastifyReply {
  if (response.statusCode !== 200) {
    response.resume();
    throw badGateway(`status ${response.statusCode}`);
  }
  for (const name of ['content-type', 'content-length', 'cache-control']) {
    const value = response.headers[name];
    if (value !== undefined) reply.header(name, value);
  }
  return reply.send(response);
}

function queryOf(query: Record<string, unknown>): string {
  const passed = childQuery.flatMap((name) => {
    const value = query[name];
    return typeof value === 'string' ? [[name, value] as [string, string]] : [];
  });
  return passed.length === 0 ? '' : `?${new URLSearchParams(passed).toString()}`;
}
