import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, notFound } from '../errors.ts';
import { delay } from '../process/delay.ts';
import { notLive, type MediaFront } from './media-front.ts';
import { badGateway, readText, type UpstreamRequest } from './upstream.ts';
import { bodyOf, copyHeaders, idOf, refusal, secretOf, secretPattern } from './whep-messages.ts';

const sdpType = 'application/sdp';
const fragmentType = 'application/trickle-ice-sdpfrag';
const retryMs = 100;

type DeviceRequest = FastifyRequest<{ Params: { device: string } }>;
type SessionRequest = FastifyRequest<{ Params: { device: string; session: string } }>;

/**
 * WHEP signalling for callers that may view the camera; the media then flows straight from MediaMTX. MediaMTX knows a
 * session by its secret alone, whatever the path, so the front ties each secret to its camera by a mark of its own.
 */
export function addWhepRoutes(app: FastifyInstance, front: MediaFront): void {
  app.register(async (scope) => {
    scope.addContentTypeParser([sdpType, fragmentType], { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    );
    scope.options('/media/:device/whep', (request: DeviceRequest, reply) =>
      tellIceServers(front, request, reply),
    );
    scope.post('/media/:device/whep', { config: { audited: true } }, (request: DeviceRequest, reply) =>
      openSession(front, request, reply),
    );
    scope.patch('/media/:device/whep/:session', (request: SessionRequest, reply) =>
      patchSession(front, request, reply),
    );
    scope.delete('/media/:device/whep/:session', (request: SessionRequest, reply) =>
      closeSession(front, request, reply),
    );
  });
}

async function tellIceServers(
  front: MediaFront,
  request: DeviceRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { device } = await front.viewerOf(request);
  const response = await ask(front, device, { method: 'OPTIONS', path: '/whep' });
  response.resume();
  if (response.statusCode !== 204) throw badGateway(`status ${response.statusCode}`);
  copyHeaders(response, reply, ['link', 'accept-post']);
  return reply.code(204).send();
}

async function openSession(
  front: MediaFront,
  request: DeviceRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const { device, identity, gone } = await front.open(request, reply);
  const offer = bodyOf(request, sdpType);
  const response = await postOffer(front, { device, offer, gone });
  const answer = await readText(response);
  if (response.statusCode !== 201) throw refusal(response, answer);
  const secret = secretOf(response);
  const end = async (): Promise<void> => {
    (await ask(front, device, { method: 'DELETE', path: `/whep/${secret}` })).resume();
  };
  if (gone.aborted) {
    // Nobody is left to use it, and MediaMTX would hold the camera for its time-out.
    await end();
    return undefined;
  }
  const remoteAddress = request.ip;
  front.deps.whepSessions.add({ id: idOf(response), secret, identity, device, remoteAddress, end });
  copyHeaders(response, reply, ['link', 'etag', 'id', 'accept-patch']);
  const session = `${secret}.${front.deps.signer.tag('whep', device, secret)}`;
  return reply.code(201).header('location', `/media/${device}/whep/${session}`).type(sdpType).send(answer);
}

/** Asks until the camera is live: the first viewer comes before the picture. */
async function postOffer(
  front: MediaFront,
  options: { device: string; offer: string; gone: AbortSignal },
): Promise<IncomingMessage> {
  const { device, offer, gone } = options;
  const deadline = performance.now() + front.deps.startTimeoutMs;
  for (;;) {
    front.deps.media.demand(device, 'whep');
    // Not aborted with the client: a session that MediaMTX has opened unheard could not be closed any more.
    const response = await ask(front, device, {
      method: 'POST',
      path: '/whep',
      headers: { 'content-type': sdpType },
      body: offer,
    });
    if (response.statusCode !== 404) return response;
    response.resume();
    if (gone.aborted || performance.now() > deadline) throw notLive(device);
    await delay(retryMs, gone);
  }
}

async function patchSession(
  front: MediaFront,
  request: SessionRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { device, secret } = await sessionOf(front, request);
  const ifMatch = request.headers['if-match'];
  const response = await ask(front, device, {
    method: 'PATCH',
    path: `/whep/${secret}`,
    headers: { 'content-type': fragmentType, ...(ifMatch !== undefined && { 'if-match': ifMatch }) },
    body: bodyOf(request, fragmentType),
  });
  const text = await readText(response);
  if (response.statusCode === 404) throw notFound('whep_session', device, 'open a new one');
  if (response.statusCode !== 200 && response.statusCode !== 204) throw refusal(response, text);
  copyHeaders(response, reply, ['etag']);
  if (response.statusCode === 204) return reply.code(204).send();
  return reply.code(200).type(fragmentType).send(text);
}

/**
 * One that has ended already is what was asked for: a page hears of the end of its camera and of its session in either
 * order, and without a picture, or without MediaMTX, there is no session.
 */
async function closeSession(
  front: MediaFront,
  request: SessionRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { device, secret } = await sessionOf(front, request);
  const response = await ask(front, device, { method: 'DELETE', path: `/whep/${secret}` }).catch(
    (error: unknown) => {
      if (hasNoSessions(error)) return undefined;
      throw error;
    },
  );
  if (response !== undefined) {
    const text = await readText(response);
    if (response.statusCode !== 200 && response.statusCode !== 404) throw refusal(response, text);
  }
  front.deps.whepSessions.remove(secret);
  return reply.code(200).send();
}

function hasNoSessions(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  return error.data['dependency'] === 'camera' || error.data.reason === 'mediamtx_unreachable';
}

/** The upstream is asked for anew each time: MediaMTX may have come back with other sockets and another login. */
async function ask(
  front: MediaFront,
  device: string,
  request: Omit<UpstreamRequest, 'upstream'>,
): Promise<IncomingMessage> {
  const response = await front.deps.client.request({
    upstream: await front.deps.media.whep(device),
    ...request,
  });
  if (response.statusCode !== 401) return response;
  response.resume();
  const second = await front.deps.client.request({
    upstream: await front.deps.media.whep(device),
    ...request,
  });
  if (second.statusCode !== 401) return second;
  second.resume();
  throw badGateway('it refuses the login of the service');
}

async function sessionOf(
  front: MediaFront,
  request: SessionRequest,
): Promise<{ device: string; secret: string }> {
  const { device } = await front.viewerOf(request);
  const [secret = '', mark = ''] = request.params.session.split('.', 2);
  if (!secretPattern.test(secret) || !front.deps.signer.hasTag(mark, 'whep', device, secret)) {
    throw notFound('whep_session', device, 'open a new one');
  }
  return { device, secret };
}
