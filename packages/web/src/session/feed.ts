import {
  RpcCallError,
  type CameraServiceClient,
  type NotificationParams,
  type Topic,
} from '@mediamtx-camera-service/client';
import { type AppStore, viewOf } from '../app-state.ts';
import type { ClipLibrary } from '../clips/clip-library.ts';
import { joinSentences } from '../format.ts';
import { texts } from '../texts.ts';
import { announcementOf } from './announcement.ts';

interface FeedDeps {
  client: CameraServiceClient;
  store: AppStore;
  clips: ClipLibrary;
}

const topics: Topic[] = [
  'camera_status_update',
  'recording_status_update',
  'system_health_update',
  'camera.forgotten',
  'snapshot.taken',
  'recording.stop',
  'recording.updated',
  'recording.deleted',
  'snapshot.deleted',
];

/** Keeps the store in step with the service: what is true at each connection, then every change as it is told. */
export class Feed {
  readonly #client: CameraServiceClient;
  readonly #store: AppStore;
  readonly #clips: ClipLibrary;
  #isSubscribed = false;

  constructor({ client, store, clips }: FeedDeps) {
    this.#client = client;
    this.#store = store;
    this.#clips = clips;
  }

  /** Begins and returns; what follows shows in the store. */
  start(afterSeq: number | undefined): void {
    const client = this.#client;
    client.on('camera_status_update', (update) => this.#cameraChanged(update));
    client.on('recording_status_update', (update) => this.#recordingChanged(update));
    client.on('system_health_update', ({ components }) => this.#store.patch({ components }));
    client.on('event', (params) => this.#heard(params));
    client.onState((connection) => {
      const { hadConnection, wasOpen } = this.#store.get();
      this.#store.patch({
        connection,
        hadConnection: hadConnection || connection.status !== 'connecting',
        wasOpen: wasOpen || connection.status === 'open',
      });
      // What is told on change alone may have changed unheard.
      if (connection.status === 'waiting') this.#store.patch({ components: null });
      if (connection.status === 'open') void this.#opened(afterSeq);
      if (connection.status === 'closed') this.#store.end('elsewhere');
    });
    client.start().catch(() => {
      // The state above has told it already.
    });
    const check = (): void => client.checkConnection();
    window.addEventListener('online', check);
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') check();
    });
  }

  #heard(params: NotificationParams<'event'>): void {
    const topic = 'topic' in params ? params.topic : undefined;
    const { device, filename, protected: isProtected } = 'data' in params ? params.data : {};
    if (topic === 'camera.forgotten' && typeof device === 'string') this.#store.removeCamera(device);
    if (topic === 'recording.deleted' || topic === 'snapshot.deleted') {
      const kind = topic === 'recording.deleted' ? 'recording' : 'snapshot';
      if (typeof filename === 'string') this.#clips.remove({ kind, filename });
      return;
    }
    if (topic === 'recording.updated') {
      if (typeof filename === 'string') this.#clips.setProtected(filename, isProtected === true);
      return;
    }
    // Clips made elsewhere, or while the connection was away, or that another camera has now.
    void this.#clips.refresh();
  }

  async #opened(afterSeq: number | undefined): Promise<void> {
    try {
      if (!this.#isSubscribed) {
        await this.#client.subscribe(topics, { afterSeq });
        this.#isSubscribed = true;
      }
      await Promise.all([this.#readCameras(), this.#readSystem(), this.#clips.refresh()]);
    } catch (error) {
      if (error instanceof RpcCallError && error.errorName === 'authentication_failed') {
        this.#store.end('expired');
        await this.#client.stop();
      }
      // Anything else is a lost connection: the next one reads it all again.
    }
  }

  async #readCameras(): Promise<void> {
    const { cameras } = await this.#client.call('get_camera_list', {});
    this.#store.setCameras(cameras.map((camera) => viewOf(camera, this.#store.cameraOf(camera.device))));
  }

  async #readSystem(): Promise<void> {
    const { status } = await this.#client.call('get_system_status', {});
    this.#store.patch({ isStarting: status === 'starting' });
  }

  #cameraChanged(update: NotificationParams<'camera_status_update'>): void {
    const before = this.#store.cameraOf(update.device);
    this.#store.patch({ isStarting: false });
    if (before === undefined) {
      this.#readCameras().catch(() => {
        // The connection is gone; the next one reads the list.
      });
      return;
    }
    const hasChanged = before.state !== update.state;
    this.#store.changeCamera(update.device, { ...update, ...(hasChanged && { changedAt: Date.now() }) });
    const said = announcementOf(before, update);
    if (said !== undefined) this.#store.announce(said);
  }

  #recordingChanged({
    device,
    status,
    duration,
    session_id,
    filename,
    reason,
  }: NotificationParams<'recording_status_update'>): void {
    const name = this.#store.cameraOf(device)?.name ?? device;
    if (status === 'STARTED') {
      this.#store.changeCamera(device, {
        recording: true,
        session_id,
        current_file: filename,
        recordingSince: Date.now() - duration * 1000,
      });
      this.#store.announce(texts.said.recording(name));
      return;
    }
    if (status === 'ERROR') {
      this.#store.addNotice({
        device,
        title: texts.failures.recordingTrouble,
        remedy: joinSentences([reason ?? '']),
      });
      return;
    }
    this.#store.changeCamera(device, {
      recording: false,
      session_id: null,
      current_file: null,
      recordingSince: null,
    });
    if (status === 'STOPPED') this.#store.announce(texts.said.recorded(name));
    else
      this.#store.addNotice({
        device,
        title: texts.failures.recordingLost,
        remedy: joinSentences([reason ?? '']),
      });
  }
}
