import type { Camera, Components, ConnectionState, Role } from '@mediamtx-camera-service/client';
import type { Clip } from './clips/clip.ts';
import { Store } from './store.ts';

export interface CameraView extends Camera {
  /** When its state became what it is, by this page's clock. */
  changedAt: number;
  /** Start of the running recording, by this page's clock. */
  recordingSince: number | null;
}

/** A failure that is told on the tile where the action was, until it is dismissed. */
export interface Notice {
  id: number;
  device: string;
  title: string;
  remedy: string;
}

export type Pending = 'starting' | 'stopping';

export interface ClipFilter {
  kind: 'all' | 'recording' | 'snapshot';
  /** null: every camera. */
  device: string | null;
}

export interface ClipsState {
  filter: ClipFilter;
  items: Clip[];
  hasMore: boolean;
  status: 'idle' | 'loading' | 'ready' | 'failed';
}

/** `elsewhere`: another session, an administrator or a new password ended it; `expired`: its time was up. */
export type Ended = 'elsewhere' | 'expired';

export interface AppState {
  isAuthenticated: boolean;
  /** Why the session that was there is no more; null where there was none. */
  ended: Ended | null;
  /** Signing out, or in as somebody else: what ends now was meant to. */
  isLeaving: boolean;
  role: Role | null;
  /** Who is logged in: a stored user, a token's bearer, an API key. */
  user: string | null;
  /** A stored user, who has a password to change. */
  hasPassword: boolean;
  connection: ConnectionState;
  /** False while the first one is being made: nothing is lost yet. */
  hadConnection: boolean;
  /** There was one that worked. */
  wasOpen: boolean;
  /** The live pictures came, or had their time to: what else there is to load may begin. */
  isSettled: boolean;
  cameras: CameraView[];
  components: Components | null;
  /** The service is still finding its cameras. */
  isStarting: boolean;
  notices: Notice[];
  /** Recordings whose start or stop is under way, by device. */
  pending: Record<string, Pending | undefined>;
  /** How many snapshots were asked for here, by device; each is a flash on its tile. */
  flashes: Record<string, number>;
  clips: ClipsState;
  /** The newest thing to be said to a screen reader. */
  announcement: string;
}

/** Before the first connection nothing speaks against trying; where none ever comes, HTTP alone may still work. */
export function isReachable({ connection, wasOpen }: AppState): boolean {
  return connection.status === 'open' || !wasOpen;
}

export function isMediaDown({ components }: AppState): boolean {
  return components !== null && components.mediamtx !== 'RUNNING';
}

export class AppStore extends Store<AppState> {
  #lastNotice = 0;

  announce(announcement: string): void {
    this.patch({ announcement });
  }

  addNotice(notice: Omit<Notice, 'id'>): void {
    this.#lastNotice += 1;
    const others = this.get().notices.filter(
      ({ device, title }) => device !== notice.device || title !== notice.title,
    );
    this.patch({ notices: [...others, { ...notice, id: this.#lastNotice }] });
  }

  dismissNotice(id: number): void {
    this.patch({ notices: this.get().notices.filter((notice) => notice.id !== id) });
  }

  setCameras(cameras: CameraView[]): void {
    const numberOf = ({ device }: CameraView): number => Number(device.replace(/\D/g, ''));
    this.patch({ cameras: [...cameras].sort((a, b) => numberOf(a) - numberOf(b)) });
  }

  changeCamera(device: string, change: Partial<CameraView>): void {
    this.patch({
      cameras: this.get().cameras.map((camera) =>
        camera.device === device ? { ...camera, ...change } : camera,
      ),
    });
  }

  /** The page goes to the login page; nothing that follows changes the reason. */
  end(reason: Ended): void {
    const { ended, isLeaving } = this.get();
    if (!isLeaving) this.patch({ isAuthenticated: false, ended: ended ?? reason });
  }

  removeCamera(device: string): void {
    this.patch({ cameras: this.get().cameras.filter((camera) => camera.device !== device) });
  }

  setPending(device: string, pending: Pending | undefined): void {
    this.patch({ pending: { ...this.get().pending, [device]: pending } });
  }

  flash(device: string): void {
    const { flashes } = this.get();
    this.patch({ flashes: { ...flashes, [device]: (flashes[device] ?? 0) + 1 } });
  }

  cameraOf(device: string): CameraView | undefined {
    return this.get().cameras.find((camera) => camera.device === device);
  }
}

/** What the server says of a camera, with the two times that the page counts from; kept where nothing changed. */
export function viewOf(camera: Camera, before: CameraView | undefined): CameraView {
  const now = Date.now();
  const isSame = before?.state === camera.state;
  // A camera that was gone before the page came is counted from when it was last seen.
  const since = camera.state === 'absent' ? Math.min(Date.parse(camera.last_seen), now) : now;
  return {
    ...camera,
    changedAt: isSame ? before.changedAt : since,
    recordingSince: camera.recording ? now - (camera.elapsed_time ?? 0) * 1000 : null,
  };
}
