import type { Socket } from 'node:net';

import { until } from '../until.ts';
import type { WebcamControl } from './control-facts.ts';
import type { WebcamFault } from './faults.ts';
import { DEFAULT_MODEL, type WebcamModel } from './model.ts';
import type { WebcamMode } from './negotiation.ts';
import type { PictureOptions } from './numbered-picture.ts';
import { serveTransfers } from './transfers.ts';
import { attach, detach, portDirectory, SLOW_MS, videoNodes } from './virtual-hub.ts';
import { WebcamDevice } from './webcam-device.ts';

export interface UsbWebcamOptions extends Partial<WebcamModel> {
  /** Port of the virtual hub, 0 to 14; default 0. */
  port?: number;
  /** Colour of the picture's background; default blue. */
  tint?: PictureOptions['tint'];
  /** Default false: a webcam that loses its power forgets what was set. */
  keepsControls?: boolean;
}

/**
 * A USB webcam (UVC 1.1, bulk, MJPEG and YUYV) that this process plays, plugged into the kernel's virtual hub by
 * USB/IP, so that the kernel's own uvcvideo makes its /dev/videoN. Needs root and the modules vhci-hcd and uvcvideo,
 * which `camera usb` loads in the camera VM.
 * Whoever opens the node must be another process, or do it asynchronously: the webcam answers on this event loop.
 */
export class UsbWebcam implements AsyncDisposable {
  readonly #device: WebcamDevice;
  readonly #keepsControls: boolean;
  #port: number;
  #socket: Socket | undefined;

  private constructor({
    port = 0,
    tint = { cb: 150, cr: 110 },
    keepsControls = false,
    ...model
  }: UsbWebcamOptions) {
    this.#device = new WebcamDevice({ ...DEFAULT_MODEL, ...model }, tint);
    this.#keepsControls = keepsControls;
    this.#port = port;
  }

  /** A webcam in the hand: `plug` plugs it in. */
  static create(options: UsbWebcamOptions = {}): UsbWebcam {
    return new UsbWebcam(options);
  }

  /** Where it is plugged in, or was, or will be. */
  get port(): number {
    return this.#port;
  }

  get isPlugged(): boolean {
    return this.#socket !== undefined;
  }

  /** The mode that it streams in; null while it does not. */
  get streaming(): WebcamMode | null {
    return this.#device.stream.mode ?? null;
  }

  /** The number of the frame that was made last. */
  get frameNumber(): number {
    return this.#device.stream.frameNumber;
  }

  /** Plugs it in, at another port if told. It has a node a moment later, see `node`; a dead one never has. */
  async plug(port = this.#port): Promise<void> {
    if (this.#socket) throw new Error(`the webcam is plugged in at port ${this.#port}`);
    this.#port = port;
    if (!this.#keepsControls) this.#device.controls.reset();
    const socket = await attach(port);
    this.#socket = socket;
    serveTransfers(socket, (transfer) => this.#device.submit(transfer));
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#device.stream.stop());
  }

  /** Pulls it, also while a program reads from it; resolves when its USB device is gone. */
  async unplug(): Promise<void> {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = undefined;
    // The kernel itself drops a device that speaks nonsense.
    if (socket.destroyed) return;
    // Not events.once, which rejects for an error: a frame may meet the kernel's closed end.
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await detach(this.#port);
    socket.destroy();
    await closed;
  }

  /** Waits for the picture's node, such as /dev/video0. Throws after a minute. */
  async node(): Promise<string> {
    const find = async (): Promise<string | undefined> => (await videoNodes(this.#port))[0];
    return until(find, { what: `a node of the webcam at USB port ${this.#port}`, timeoutMs: SLOW_MS });
  }

  /** Its nodes now: the picture's, then the metadata's. */
  nodes(): Promise<string[]> {
    return videoNodes(this.#port);
  }

  /** Its directory in sysfs, as long as it is plugged in there. */
  sysDirectory(): Promise<string> {
    return portDirectory(this.#port);
  }

  /** Lasts until another is set, also when it is pulled and plugged in again; 'none' heals it. */
  setFault(fault: WebcamFault): void {
    this.#device.setFault(fault);
  }

  /** Once, the next start of a stream is refused: VIDIOC_STREAMON fails with EIO. */
  failNextStart(): void {
    this.#device.failNextStart();
  }

  /** Once, the next question about the mode is answered late; after 5 s the kernel gives up waiting for it. */
  delayNextProbe(delayMs: number): void {
    this.#device.delayNextProbe(delayMs);
  }

  /** Once, the next setting of the control is refused with EBUSY, also when it is plugged in meanwhile. */
  refuseNextSetting(name: WebcamControl): void {
    this.#device.controls.refuseNext(name);
  }

  /** The present value in the device. */
  control(name: WebcamControl): number {
    return this.#device.controls.value(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.unplug();
  }
}
