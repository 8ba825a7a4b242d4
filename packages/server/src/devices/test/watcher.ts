import { CandidateList } from '../candidate-list.ts';
import type { CandidatesListener, DeviceCandidate, DeviceWatcher } from '../device.ts';

export interface TestWatcherOptions {
  /** How many test cameras there are. */
  count: number;
  /** Picture size in pixels and rate in frames per second: the only mode of every test camera. */
  width: number;
  height: number;
  fps: number;
}

/** The built-in test cameras: devices without hardware, whose picture the publisher generates. */
export class TestWatcher implements DeviceWatcher {
  readonly #list = new CandidateList();
  readonly #mode: { width: number; height: number; fps: number };
  #count: number;
  #isRunning = false;

  constructor({ count, width, height, fps }: TestWatcherOptions) {
    this.#mode = { width, height, fps };
    this.#count = count;
  }

  onChange(listener: CandidatesListener): void {
    this.#list.onChange(listener);
  }

  async start(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.#isRunning = true;
    this.#publish();
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
  }

  async rescan(): Promise<void> {
    this.#publish();
  }

  /** Plugs test cameras in or out; the last ones go first. */
  setCount(count: number): void {
    this.#count = count;
    this.#publish();
  }

  #publish(): void {
    if (!this.#isRunning) return;
    this.#list.publish(Array.from({ length: this.#count }, (_, index) => this.#candidate(index)));
  }

  #candidate(index: number): DeviceCandidate {
    return {
      kind: 'test',
      node: null,
      name: index === 0 ? 'Test camera' : `Test camera ${index + 1}`,
      identity: {
        driver: 'test',
        card: 'test',
        busInfo: `test:${index}`,
        sysPath: null,
        vendorId: null,
        productId: null,
        serial: null,
        interfaceNumber: null,
      },
      // The publisher's generator makes planar 4:2:0, which V4L2 calls YU12.
      capabilities: { formats: ['YU12'], modes: [{ pixelFormat: 'YU12', ...this.#mode }] },
      isConfirmed: true,
      problem: null,
    };
  }
}
