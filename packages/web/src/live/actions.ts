import { RpcCallError, type CameraServiceClient, type ParamsInput } from '@mediamtx-camera-service/client';
import { viewOf, type AppStore } from '../app-state.ts';
import { ofStopped, ofTaken } from '../clips/clip.ts';
import type { ClipLibrary } from '../clips/clip-library.ts';
import { explain } from '../explain.ts';
import { texts } from '../texts.ts';

interface ActionDeps {
  client: CameraServiceClient;
  store: AppStore;
  clips: ClipLibrary;
}

/** What the buttons on a tile do; each failure is told on its tile. */
export class CameraActions {
  readonly #client: CameraServiceClient;
  readonly #store: AppStore;
  readonly #clips: ClipLibrary;

  constructor({ client, store, clips }: ActionDeps) {
    this.#client = client;
    this.#store = store;
    this.#clips = clips;
  }

  async takeSnapshot(device: string): Promise<void> {
    this.#store.flash(device);
    try {
      const taken = await this.#client.call('take_snapshot', { device });
      this.#clips.add(ofTaken(taken));
      this.#store.announce(texts.said.snapshot(this.#store.cameraOf(device)?.name ?? device));
    } catch (error) {
      this.#tell(device, texts.failures.snapshot, error);
    }
  }

  /** Starts, or stops what runs; a press while one of them is under way is passed over. */
  async toggleRecording(device: string): Promise<void> {
    if (this.#store.get().pending[device] !== undefined) return;
    const isRunning = this.#store.cameraOf(device)?.recording ?? false;
    this.#store.setPending(device, isRunning ? 'stopping' : 'starting');
    try {
      await (isRunning ? this.#stop(device) : this.#start(device));
    } catch (error) {
      this.#tell(device, isRunning ? stopFailure(error) : texts.failures.record, error);
    } finally {
      this.#store.setPending(device, undefined);
    }
  }

  /** @returns whether it was changed */
  async change(change: ParamsInput<'set_camera'>): Promise<boolean> {
    const { device } = change;
    try {
      const { settings: _, ...camera } = await this.#client.call('set_camera', change);
      this.#store.changeCamera(device, viewOf(camera, this.#store.cameraOf(device)));
      return true;
    } catch (error) {
      this.#tell(device, texts.failures.change, error);
      return false;
    }
  }

  async reclaim(device: string): Promise<void> {
    try {
      await this.#client.call('reclaim_camera', { device });
    } catch (error) {
      this.#tell(device, texts.failures.reclaim, error);
    }
  }

  async #start(device: string): Promise<void> {
    const started = await this.#client.call('start_recording', { device });
    // The time counts from the first frame, which `recording_status_update` tells; until then from now.
    const since = this.#store.cameraOf(device)?.recordingSince ?? Date.now();
    this.#store.changeCamera(device, {
      recording: true,
      session_id: started.session_id,
      recordingSince: since,
    });
  }

  async #stop(device: string): Promise<void> {
    const stopped = await this.#client.call('stop_recording', { device });
    this.#store.changeCamera(device, { recording: false, session_id: null, recordingSince: null });
    this.#clips.add(ofStopped(stopped));
  }

  #tell(device: string, title: string, error: unknown): void {
    this.#store.addNotice({ device, title, remedy: explain(error) });
  }
}

/** It did stop where it had nothing to keep; the notification says the same, and is told once with it. */
function stopFailure(error: unknown): string {
  const isEmpty = error instanceof RpcCallError && error.data.reason === 'nothing_recorded';
  return isEmpty ? texts.failures.recordingLost : texts.failures.stop;
}
