import { setTimeout as sleep } from 'node:timers/promises';

import { Controls, REFUSAL, REQUEST } from './controls.ts';
import { buildDescriptor } from './descriptors.ts';
import type { WebcamFault } from './faults.ts';
import type { WebcamModel } from './model.ts';
import type { PictureOptions } from './numbered-picture.ts';
import { PictureStream } from './picture-stream.ts';
import { PROBE, StreamingInterface, type Answer } from './streaming-interface.ts';
import type { Transfer } from './transfers.ts';
import { TRANSFER_STATUS } from './usbip.ts';
import { BULK_ENDPOINT, STREAMING_INTERFACE } from './uvc-descriptors.ts';

interface Setup {
  type: number;
  request: number;
  value: number;
  index: number;
  /** Bytes that the host takes. */
  length: number;
  data: Buffer;
}

const STANDARD = { getStatus: 0, clearFeature: 1, getDescriptor: 6, getConfiguration: 8, getInterface: 10 };
const TYPE = { class: 0x20, mask: 0x60, toEndpoint: 0x02, recipient: 0x1f };
const ERROR_CODE = 2;

/** The webcam behind the plug: what it answers to what the host asks. */
export class WebcamDevice {
  readonly controls = new Controls();
  readonly stream: PictureStream;
  readonly #streaming: StreamingInterface;
  readonly #model: WebcamModel;
  #fault: WebcamFault = 'none';
  #refusal = REFUSAL.none;
  #probeDelayMs = 0;

  constructor(model: WebcamModel, tint: PictureOptions['tint']) {
    this.#model = model;
    this.stream = new PictureStream(tint, () => this.#fault);
    this.#streaming = new StreamingInterface(model.formats, this.stream);
  }

  setFault(fault: WebcamFault): void {
    this.#fault = fault;
    if (fault === 'dead') this.stream.payloads.stall();
  }

  failNextStart(): void {
    this.#streaming.failNextStart();
  }

  delayNextProbe(delayMs: number): void {
    this.#probeDelayMs = delayMs;
  }

  submit(transfer: Transfer): void {
    const { endpoint, setup, data, length } = transfer.request;
    if (this.#fault === 'dead') transfer.complete({ status: TRANSFER_STATUS.stall });
    else if (endpoint === BULK_ENDPOINT) this.stream.payloads.add(transfer);
    else void this.#control(transfer, parseSetup(setup, data, length));
  }

  async #control(transfer: Transfer, setup: Setup): Promise<void> {
    if (isProbe(setup) && this.#probeDelayMs > 0) {
      const delayMs = this.#probeDelayMs;
      this.#probeDelayMs = 0;
      await sleep(delayMs);
    }
    const answer =
      (setup.type & TYPE.mask) === TYPE.class ? this.#classRequest(setup) : this.#standard(setup);
    if (answer === 'stall') transfer.complete({ status: TRANSFER_STATUS.stall });
    else if (answer === 'done') transfer.complete({ status: TRANSFER_STATUS.ok });
    else transfer.complete({ status: TRANSFER_STATUS.ok, data: answer.subarray(0, setup.length) });
  }

  #standard({ type, request, value, index }: Setup): Answer {
    switch (request) {
      case STANDARD.getStatus:
        return Buffer.alloc(2);
      case STANDARD.getDescriptor:
        return buildDescriptor(this.#model, value >> 8, value & 0xff) ?? 'stall';
      case STANDARD.getConfiguration:
        return Buffer.from([1]);
      case STANDARD.getInterface:
        return Buffer.from([0]);
      case STANDARD.clearFeature:
        // The driver's way of telling a bulk webcam that the stream is over.
        if ((type & TYPE.recipient) === TYPE.toEndpoint && (index & 0x0f) === BULK_ENDPOINT)
          this.stream.stop();
        return 'done';
      default:
        // Choosing the only configuration or alternative, remote wake-up and the like.
        return type & 0x80 ? 'stall' : 'done';
    }
  }

  #classRequest({ request, value, index, data }: Setup): Answer {
    const selector = value >> 8;
    const unit = index >> 8;
    if ((index & 0xff) === STREAMING_INTERFACE) return this.#streaming.answer(selector, request, data);
    // What the last refusal was about; asking clears nothing but is itself no refusal.
    if (unit === 0 && selector === ERROR_CODE) return Buffer.from([this.#refusal]);
    const answer =
      request === REQUEST.setCurrent
        ? this.controls.set(unit, selector, data)
        : this.controls.get(unit, selector, request);
    this.#refusal = typeof answer === 'number' ? answer : REFUSAL.none;
    if (typeof answer !== 'number') return answer;
    return answer === REFUSAL.none ? 'done' : 'stall';
  }
}

function parseSetup(setup: Buffer, data: Buffer, length: number): Setup {
  return {
    type: setup.readUInt8(0),
    request: setup.readUInt8(1),
    value: setup.readUInt16LE(2),
    index: setup.readUInt16LE(4),
    length,
    data,
  };
}

function isProbe({ type, index, value }: Setup): boolean {
  return (type & TYPE.mask) === TYPE.class && (index & 0xff) === STREAMING_INTERFACE && value >> 8 === PROBE;
}
