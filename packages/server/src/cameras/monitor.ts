import type { Logger } from 'pino';
import { candidateChanges } from '../devices/candidate-changes.ts';
import type { DeviceCandidate, DeviceWatcher } from '../devices/device.ts';
import { messageOf } from '../errors.ts';
import type { CameraRegistry } from './registry.ts';

/** The test cameras, whose number can change at run time. */
export interface TestCameraWatcher extends DeviceWatcher {
  setCount(count: number): void;
}

export interface CameraMonitorDeps {
  registry: Pick<CameraRegistry, 'reconcile' | 'list' | 'isHolding' | 'onSettled' | 'stop'>;
  /** USB cameras; undefined where discovery is off. */
  usb: DeviceWatcher | undefined;
  test: TestCameraWatcher;
  /** `auto`: one test camera when no other camera is there. */
  testCameras: 'auto' | number;
  log: Logger;
}

/**
 * The hybrid monitor: events of the devices and a periodic re-scan feed the registry with complete lists, so an event
 * that was missed costs at most one re-scan.
 */
export class CameraMonitor {
  readonly #deps: CameraMonitorDeps;
  #state: 'STOPPED' | 'STARTING' | 'RUNNING' | 'ERROR' | 'STOPPING' = 'STOPPED';
  #problem: string | undefined;
  readonly #latest: Record<DeviceCandidate['kind'], DeviceCandidate[]> = { usb: [], test: [] };

  constructor(deps: CameraMonitorDeps) {
    this.#deps = deps;
  }

  get state(): 'STOPPED' | 'STARTING' | 'RUNNING' | 'ERROR' | 'STOPPING' {
    return this.#state;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  async start(signal?: AbortSignal): Promise<void> {
    const { usb, test, testCameras, registry, log } = this.#deps;
    this.#state = 'STARTING';
    test.onChange((candidates) => {
      this.#tell('test', candidates);
      registry.reconcile('test', candidates);
    });
    usb?.onChange((candidates) => this.#takeUsb(candidates));
    registry.onSettled(() => this.#countTest());
    if (!usb) registry.reconcile('usb', []);
    try {
      await usb?.start(signal);
      this.#state = 'RUNNING';
    } catch (error) {
      // The test cameras and the API go on without it.
      this.#problem = `USB cameras can not be watched: ${messageOf(error)}`;
      this.#state = 'ERROR';
      log.error({ err: error }, 'USB cameras can not be watched');
    }
    test.setCount(testCameras === 'auto' ? this.#autoCount() : testCameras);
    await test.start(signal);
  }

  async stop(): Promise<void> {
    this.#state = 'STOPPING';
    this.#deps.registry.stop();
    await Promise.all([this.#deps.usb?.stop(), this.#deps.test.stop()]);
    this.#state = 'STOPPED';
  }

  async rescan(): Promise<void> {
    await this.#deps.usb?.rescan();
  }

  #takeUsb(candidates: DeviceCandidate[]): void {
    this.#tell('usb', candidates);
    this.#deps.registry.reconcile('usb', candidates);
    this.#countTest();
  }

  #countTest(): void {
    if (this.#deps.testCameras === 'auto' && this.#state === 'RUNNING')
      this.#deps.test.setCount(this.#autoCount());
  }

  #tell(kind: DeviceCandidate['kind'], candidates: DeviceCandidate[]): void {
    const { log } = this.#deps;
    const { found, changed, lost } = candidateChanges(this.#latest[kind], candidates);
    this.#latest[kind] = candidates;
    for (const candidate of lost) log.info(toFields(candidate), 'a device was lost');
    for (const candidate of found) log.info(toFields(candidate), 'a device was found');
    for (const candidate of changed) log.info(toFields(candidate), 'a device was changed');
  }

  /** A test camera that is being watched or recorded stays, also when a real one comes. */
  #autoCount(): number {
    const { registry } = this.#deps;
    const cameras = registry.list();
    const hasReal =
      registry.isHolding('usb') || cameras.some((camera) => camera.row.kind !== 'test' && camera.isPresent);
    const isTestUsed = cameras.some((camera) => camera.row.kind === 'test' && camera.demand.isWanted);
    return hasReal && !isTestUsed ? 0 : 1;
  }
}

function toFields({ node, name, isConfirmed, problem }: DeviceCandidate): object {
  return { node, name, isConfirmed, ...(problem && { problem: problem.reason }) };
}
