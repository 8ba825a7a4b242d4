import type { CameraServiceClient } from '@mediamtx-camera-service/client';
import { setTimeout as delay } from 'node:timers/promises';
import { RtspPlayer } from './watching.ts';

/** Watches a camera and comes again whenever it was cut off, as a person or a wall display would. */
export class ReconnectingViewer implements AsyncDisposable {
  readonly device: string;
  readonly #client: CameraServiceClient;
  #player: RtspPlayer | undefined;
  #watching: Promise<void> | undefined;
  #isWanted = false;

  constructor(client: CameraServiceClient, device: string) {
    this.#client = client;
    this.device = device;
  }

  get isWatching(): boolean {
    return this.#isWanted;
  }

  /** Of the present connection. */
  get frames(): number {
    return this.#player?.frames ?? 0;
  }

  start(): void {
    this.#isWanted = true;
    this.#watching ??= this.#keepWatching();
  }

  async stop(): Promise<void> {
    this.#isWanted = false;
    await this.#player?.stop();
    await this.#watching;
    this.#watching = undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #keepWatching(): Promise<void> {
    while (this.#isWanted) {
      try {
        const { stream_url: url } = await this.#client.call('get_stream_url', { device: this.device });
        if (!this.#isWanted) return;
        this.#player = RtspPlayer.open(url);
        await this.#player.exited;
      } catch {
        // The service or its MediaMTX is away at present.
      }
      await delay(100);
    }
  }
}
