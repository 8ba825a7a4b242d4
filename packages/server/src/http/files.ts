import { basename, dirname } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fileName } from '@mediamtx-camera-service/protocol';
import { mayView, type Identity } from '../auth/identity.ts';
import { AppError, notFound } from '../errors.ts';
import type { DownloadLinks, LinkQuery } from '../media-access/download-links.ts';
import type { OpenMedia } from '../media-access/open-media.ts';
import type { FileCatalog } from './deps.ts';
import { endWithRight } from './media-front.ts';
import type { RequestAuth } from './request-auth.ts';

export interface FileDeps {
  auth: RequestAuth;
  links: DownloadLinks;
  openMedia: OpenMedia;
  catalog: FileCatalog;
}

type Kind = 'recordings' | 'snapshots';
type FileRequest = FastifyRequest<{ Params: { '*': string }; Querystring: LinkQuery }>;

/**
 * Downloads: by a signed link or a login, and no longer than the right to them lasts. Only files that the catalogue
 * knows are ever opened.
 */
export function addFileRoutes(app: FastifyInstance, deps: FileDeps): void {
  for (const kind of ['recordings', 'snapshots'] as const) {
    // A wildcard, so that a name with slashes is told as a wrong name.
    app.get(`/files/${kind}/*`, { config: { audited: 'news' } }, (request: FileRequest, reply) =>
      sendFile(deps, { kind, request, reply }),
    );
  }
}

async function sendFile(
  deps: FileDeps,
  { kind, request, reply }: { kind: Kind; request: FileRequest; reply: FastifyReply },
): Promise<FastifyReply> {
  const name = request.params['*'];
  if (!fileName.safeParse(name).success) throw wrongName();
  const path = filePath(kind, name);
  const link = deps.links.open(path, request.query);
  const identity = link.state === 'valid' ? link.identity : await requireLogin(deps, request, link.state);
  request.caller = identity;
  const file = await deps.catalog.find(kind, name);
  if (!file || (identity && !mayView(identity, file.device))) {
    throw notFound('file', name, `list_${kind} tells which there are.`);
  }
  endWithRight(deps.openMedia, { identity, device: file.device, request, reply });
  reply.header('content-type', file.contentType);
  reply.header('content-disposition', `attachment; filename="${name}"`);
  reply.header('cache-control', 'private, no-cache');
  return reply.sendFile(basename(file.path), dirname(file.path), { contentType: false, cacheControl: false });
}

/** The path by which a file is downloaded, before it is signed. */
export function filePath(kind: Kind, name: string): string {
  return `/files/${kind}/${name}`;
}

const linkProblems = {
  expired: 'the link has expired',
  invalid: 'the link is not valid',
  ended: 'the right that the link stood on has ended',
} as const;

async function requireLogin(
  deps: FileDeps,
  request: FileRequest,
  link: keyof typeof linkProblems,
): Promise<Identity> {
  const identity = await deps.auth.identify(request);
  if (identity) return identity;
  if (request.query.sig === undefined) return deps.auth.require(request);
  throw new AppError('authentication_failed', {
    reason: `link_${link}`,
    details: linkProblems[link],
    suggestion: 'ask for the file anew to get a fresh download_url',
  });
}

function wrongName(): AppError {
  return new AppError('invalid_params', {
    reason: 'invalid_file_name',
    param: 'filename',
    rule: 'pattern',
    details:
      'that is no name of a file of this service: it has letters, digits, dot, underscore and hyphen, and begins with a letter or digit',
  });
}
