import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Camera } from '@mediamtx-camera-service/protocol';
import { errnoOf, notFound } from '../errors.ts';
import type { CameraViews } from './deps.ts';
import type { RequestAuth } from './request-auth.ts';
import { clientNamesOf } from './request-origin.ts';
import { contentSecurityPolicy } from './security-headers.ts';
import { sessionCookieName, type SessionCookies } from './session-cookie.ts';

export interface PageDeps {
  auth: RequestAuth;
  cookies: SessionCookies;
  cameras: CameraViews;
  /** The newest event's number, so that the page subscribes from there and misses nothing. */
  events: { readonly seq: number };
  version: string;
  /** The built page (`packages/web/dist`); it may be missing. */
  pageDir: string;
}

const marker = '<!--bootstrap-->';
const preloadedStills = 4;
/** Below these a missing path is an error of the API, never the page. */
const apiPrefixes = /^\/(?:api|assets|files|health|login|logout|media|metrics|rpc|ws)(?:\/|$)/;

const unbuiltPage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>MediaMTX Camera Service</title></head>
<body><h1>MediaMTX Camera Service</h1><p>The service runs, but its page has not been built: <code>npm run build</code>.</p>
<p>The API answers at <code>/ws</code> and <code>/rpc</code>; its description is at <a href="/openrpc.json">/openrpc.json</a>.</p></body></html>
`;

/** The page: hashed assets that are cached for ever, and `index.html` for everything that is no file and no API. */
export async function addPageRoutes(app: FastifyInstance, deps: PageDeps): Promise<void> {
  await app.register(fastifyStatic, {
    root: join(deps.pageDir, 'assets'),
    prefix: '/assets/',
    index: false,
    preCompressed: true,
    immutable: true,
    maxAge: '365d',
  });
  app.get('/*', (request, reply) => sendPageOrFile(deps, request, reply));
}

async function sendPageOrFile(
  deps: PageDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const path = pathOf(request);
  if (apiPrefixes.test(path)) throw notFound('path', path);
  const name = /^\/([A-Za-z0-9_-]+\.[A-Za-z0-9.]+)$/.exec(path)?.[1];
  if (name !== undefined && name !== 'index.html') {
    return reply.sendFile(name, deps.pageDir, { immutable: false, maxAge: '1h' });
  }
  if (/\.[^/]*$/.test(path) && name === undefined) throw notFound('path', path);
  return sendPage(deps, request, reply);
}

async function sendPage(deps: PageDeps, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const html = (await readPage(deps.pageDir)) ?? unbuiltPage;
  renewSession(deps, request, reply);
  const head = await bootstrap(deps, request);
  // A function as replacement: `$` in a camera's name must stay what it is.
  const nonce = randomBytes(16).toString('base64url');
  const page = html.replace(marker, () => `<meta property="csp-nonce" nonce="${nonce}">${head}`);
  reply.header('content-security-policy', contentSecurityPolicy(nonce));
  return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(page);
}

/** Whoever looks at the page day by day stays logged in. */
function renewSession({ cookies }: PageDeps, request: FastifyRequest, reply: FastifyReply): void {
  const cookie = request.cookies[sessionCookieName];
  const renewed = cookie === undefined ? undefined : cookies.renew(cookie);
  if (renewed) cookies.send(request, reply, renewed);
}

/** What the page would else have to ask first: who is logged in, the cameras, and their pictures as early loads. */
async function bootstrap(deps: PageDeps, request: FastifyRequest): Promise<string> {
  const { version } = deps;
  // A wrong token on the page's own address is no reason to show no page.
  const identity = await deps.auth.identify(request).catch(() => undefined);
  if (!identity) return dataScript({ authenticated: false, version });
  const { seq } = deps.events;
  const cameras = deps.cameras.list(identity, clientNamesOf(request));
  const { role, user, basis } = identity;
  const hasPassword = basis.kind === 'user';
  const data = { authenticated: true, role, user, has_password: hasPassword, cameras, version, seq };
  return dataScript(data) + preloads(cameras);
}

function dataScript(data: Record<string, unknown>): string {
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return `<script type="application/json" id="bootstrap">${json}</script>`;
}

function preloads(cameras: Camera[]): string {
  return cameras
    .slice(0, preloadedStills)
    .map(
      ({ device }) =>
        `<link rel="preload" as="image" fetchpriority="high" href="/media/${device}/still.jpg?width=1280">`,
    )
    .join('');
}

async function readPage(pageDir: string): Promise<string | undefined> {
  try {
    return await readFile(join(pageDir, 'index.html'), 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0]!;
}
