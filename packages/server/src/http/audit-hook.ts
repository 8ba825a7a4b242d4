import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errorCatalog } from '@mediamtx-camera-service/protocol';
import { marksOf } from '../audit/caller-marks.ts';
import { RepeatedReads } from '../audit/repeated-reads.ts';
import { mayView } from '../auth/identity.ts';
import type { Logger } from '../log.ts';
import { outcomeOf, type AuditWriter } from '../rpc/audit.ts';
import type { AuditOutcome } from '../store/audit.ts';
import type { FileCatalog, MediaSource } from './deps.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * What of a route's requests the audit log holds: `true` all; `news` all but what gives a login again what it was
     * given a moment ago; `reads` refusals; with `security.audit: all` of these two all too; `refusals` only these.
     */
    audited?: true | 'news' | 'reads' | 'refusals';
  }
}

export interface AuditHookDeps {
  audit: AuditWriter;
  media: Pick<MediaSource, 'resolve'>;
  catalog: FileCatalog;
  now?: () => number;
  log: Logger;
}

interface NoteDeps extends AuditHookDeps {
  repeated: RepeatedReads;
}

/** What one request was, when it is over. */
interface Ended {
  request: FastifyRequest;
  reply: FastifyReply;
  durationMs: number;
}

/** Writes requests of audited routes to the audit log; before all that may refuse one. */
export function addAuditHook(app: FastifyInstance, hookDeps: AuditHookDeps): void {
  const deps: NoteDeps = { ...hookDeps, repeated: new RepeatedReads({ now: hookDeps.now ?? Date.now }) };
  app.decorateRequest('failure', undefined);
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.audited === undefined) return;
    const startedMs = performance.now();
    // Not `onResponse`, which passes over a download that was cut off just before its end.
    reply.raw.once('close', () => {
      // One that was upgraded was noted then.
      if (request.ws && request.failure === undefined) return;
      note(deps, { request, reply, durationMs: since(startedMs) }).catch((error: unknown) =>
        deps.log.error({ err: error, request_id: request.id }, 'a request is missing in the audit log'),
      );
    });
  });
  // A WebSocket that is opened with a token is a login; one without is nothing yet.
  app.addHook('preHandler', async (request, reply) => {
    if (request.ws && request.caller) await note(deps, { request, reply, durationMs: 0 });
  });
}

async function note(deps: NoteDeps, { request, reply, durationMs }: Ended): Promise<void> {
  const { url: route } = request.routeOptions;
  // The page itself is no try to log in.
  if (route === '/login' && request.method === 'GET' && !hasCode(request)) return;
  const { caller } = request;
  // One that finds no room is no login.
  const isLogin = route === '/login' || (request.ws && request.failure?.errorName !== 'rate_limited');
  const [device, isHidden] = await deviceOf(deps, request);
  const outcome = isHidden ? 'refused' : outcomeOfReply({ request, reply, isLogin });
  if (outcome !== 'refused' && !isHeld(deps, { request, reply, isOk: outcome === 'ok' })) return;
  deps.audit.write({
    ...marksOf(caller, isLogin ? deps.audit.userNamed(triedUser(request.body)) : null),
    remote_address: request.ip,
    method: `${request.method} ${pathOf(request)}`,
    device,
    outcome,
    error_code:
      request.failure?.code ?? (outcome === 'refused' ? errorCatalog.authentication_failed.code : null),
    duration_ms: durationMs,
    request_id: request.id,
    isLogin,
  });
}

/** Whether a request that was not refused is worth an entry. */
function isHeld(
  { audit, repeated }: NoteDeps,
  { request, reply, isOk }: Pick<Ended, 'request' | 'reply'> & { isOk: boolean },
): boolean {
  const { audited } = request.routeOptions.config;
  if (audited === true || (audited !== 'refusals' && audit.holdsAll)) return true;
  if (audited !== 'news') return false;
  if (!isOk) return true;
  // Nothing was given to who has it already.
  if (reply.statusCode === 304) return false;
  const path = `${request.method} ${pathOf(request)}`;
  return !repeated.isRepeated(request.caller, { path, address: request.ip });
}

/** The camera that the request is about, and whether it is hidden from the caller, who then got 404. */
async function deviceOf(
  { audit, media, catalog }: AuditHookDeps,
  request: FastifyRequest,
): Promise<[device: string | null, isHidden: boolean]> {
  const { device: form, '*': name } = request.params as { device?: string; '*'?: string };
  const kind = /^\/files\/(recordings|snapshots)\//.exec(request.routeOptions.url ?? '')?.[1];
  const isFile = kind === 'recordings' || kind === 'snapshots';
  const device =
    isFile && name !== undefined ? (await catalog.find(kind, name))?.device : form && media.resolve(form);
  const isHidden =
    device !== undefined && device !== '' && !!request.caller && !mayView(request.caller, device);
  return [audit.deviceOf(device || form), isHidden && request.failure?.errorName === 'not_found'];
}

function outcomeOfReply({
  request,
  reply,
  isLogin,
}: Pick<Ended, 'request' | 'reply'> & { isLogin: boolean }): AuditOutcome {
  if (request.failure) return outcomeOf(request.failure, isLogin);
  // A code that is not good leads back to the page, without a word of an error.
  if (isLogin && !request.caller) return 'refused';
  return request.ws || reply.raw.headersSent ? 'ok' : 'failed';
}

function hasCode({ query }: FastifyRequest): boolean {
  return typeof (query as { code?: unknown }).code === 'string';
}

function triedUser(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'user' in body ? body.user : undefined;
}

/** Without the query, which may hold a signature or a code. */
function pathOf({ url }: FastifyRequest): string {
  const path = url.split('?')[0]!;
  try {
    return decodeURIComponent(path);
  } catch {
    // A wrong escape, which the route refuses.
    return path;
  }
}

function since(startedMs: number): number {
  return Math.round((performance.now() - startedMs) * 1000) / 1000;
}
