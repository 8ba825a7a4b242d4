import type { Result } from '@mediamtx-camera-service/protocol';
import { checkWithin } from '../auth/camera-limit.ts';
import type { Credentials } from '../auth/credentials.ts';
import type { Identity } from '../auth/identity.ts';
import { notFound } from '../errors.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

/** Media that somebody watches. */
export interface OpenMediaSession {
  id: string;
  transport: 'webrtc' | 'rtsp';
  identity: Identity;
  /** `cameraN` */
  device: string;
  remoteAddress: string;
  /** Epoch milliseconds. */
  openedAt: number;
}

export interface OpenMediaList {
  list(): OpenMediaSession[];
  /** False where there is none of this id. */
  end(id: string): boolean;
}

export interface OpenSessionsDeps {
  sessions: Pick<Sessions, 'find' | typeof Symbol.iterator>;
  credentials: Pick<Credentials, 'endLogin'>;
  media?: OpenMediaList | undefined;
}

type ListedSession = Result<'list_sessions'>['sessions'][number];

/** Who is connected, by socket or by media, and the end of it. */
export class OpenSessions {
  readonly #deps: OpenSessionsDeps;

  constructor(deps: OpenSessionsDeps) {
    this.#deps = deps;
  }

  /** `own`: the session that asks. */
  list(own: Session): ListedSession[] {
    const { sessions, media } = this.#deps;
    const sockets = [...sessions].map((session) => describeSocket(session, session === own));
    // To one who may not see the camera there is nothing to be watched.
    const watched = (media?.list() ?? []).filter(({ device }) => own.mayView(device));
    return [...sockets, ...watched.map(describeMedia)];
  }

  /**
   * Ends the session and the login that it stands on. Throws `not_found`, and `permission_denied` where `own`, the
   * session that asks, is limited to cameras and the other one may see more.
   */
  end(id: string, own: Session): void {
    const { sessions, media, credentials } = this.#deps;
    const session = sessions.find(id);
    const watched = media?.list().find((entry) => entry.id === id && own.mayView(entry.device));
    if (!session && !watched) throw notFound('session', id, 'list_sessions tells the sessions');
    const identity = session ? session.identity : watched?.identity;
    if (identity) checkWithin(identity.cameras ?? null, own.identity, `the rights of ${identity.user}`);
    session?.end();
    if (watched) media?.end(id);
    if (identity) credentials.endLogin(identity);
  }
}

function describeSocket(session: Session, own: boolean): ListedSession {
  const { id, identity, remoteAddress, connectedAt, lastCallAt } = session;
  return {
    session_id: id,
    ...describeIdentity(identity),
    remote_address: remoteAddress,
    connected_at: timestamp(connectedAt),
    last_call_at: lastCallAt === undefined ? null : timestamp(lastCallAt),
    transport: 'websocket',
    device: null,
    own,
  };
}

function describeMedia({
  id,
  identity,
  transport,
  device,
  remoteAddress,
  openedAt,
}: OpenMediaSession): ListedSession {
  return {
    session_id: id,
    ...describeIdentity(identity),
    remote_address: remoteAddress,
    connected_at: timestamp(openedAt),
    last_call_at: null,
    transport,
    device,
    own: false,
  };
}

function describeIdentity(
  identity: Identity | undefined,
): Pick<ListedSession, 'user' | 'key_id' | 'role' | 'auth_method'> {
  if (!identity) return { user: null, key_id: null, role: null, auth_method: null };
  const { user, role, method, basis } = identity;
  return { user, key_id: basis.kind === 'api_key' ? basis.keyId : null, role, auth_method: method };
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
