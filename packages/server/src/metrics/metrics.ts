import { readdir } from 'node:fs/promises';
import type { AuditCounts } from '../audit/audit-log.ts';
import { mayView, type Identity } from '../auth/identity.ts';
import type { Camera } from '../cameras/camera.ts';
import type { CameraRegistry } from '../cameras/registry.ts';
import { AppError } from '../errors.ts';
import type { HealthReport, HealthSource } from '../health/report.ts';
import type { MediaServer } from '../mediamtx/media-server.ts';
import type { PathState } from '../mediamtx/path-state.ts';
import type { RecordingSession } from '../recordings/session.ts';
import type { StorageReport } from '../retention/storage-report.ts';
import type { TapPool } from '../taps/tap-pool.ts';
import { LoadMeter, type Load } from './load.ts';
import { Traffic } from './traffic.ts';

export interface MetricsDeps {
  cameras: Pick<CameraRegistry, 'list'>;
  media: MediaServer;
  taps: Pick<TapPool, 'stats'>;
  recordingOf: (device: string) => RecordingSession | undefined;
  storageOf: (cameras: readonly string[] | undefined) => Promise<StorageReport>;
  health: HealthSource;
  events: { readonly seq: number };
  audit: { readonly counts: Readonly<AuditCounts> };
}

export interface CameraFigures {
  device: string;
  name: string;
  kind: string;
  status: Camera['status'];
  isLive: boolean;
  fps: number;
  /** Bits a second. */
  bitrate: number;
  readers: number;
  restarts: number;
  /** Of the present run of its capture. */
  frames: number;
  /** Since it is live. */
  bytesSent: number;
  isRecording: boolean;
}

/** Everything that is counted and measured, at one moment, as far as one caller may know it. */
export interface Figures {
  load: Load;
  /** Resident bytes of the process. */
  memory: number;
  openFiles: number | undefined;
  traffic: Traffic;
  report: HealthReport;
  cameras: CameraFigures[];
  paths: { total: number; ready: number; readers: number; bytesSent: number };
  /** Undefined where the disk could not be looked at. */
  storage: StorageReport | undefined;
  isMediaUp: boolean;
  events: number;
  audit: Readonly<AuditCounts>;
}

/** Gathers figures when they are asked for; only what needs an interval is measured all the time. */
export class Metrics {
  readonly traffic = new Traffic();
  readonly #load = new LoadMeter();
  readonly #deps: MetricsDeps;

  constructor(deps: MetricsDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#load.start();
  }

  stop(): void {
    this.#load.stop();
  }

  async gather(identity?: Identity): Promise<Figures> {
    const { cameras, media, health, events, audit } = this.#deps;
    const isVisible = (name: string): boolean => !identity || mayView(identity, name);
    // A test camera that was taken away is no camera that anybody waits for.
    const shown = cameras
      .list()
      .filter(({ row, isPresent }) => isPresent || row.kind !== 'test')
      .filter(({ device }) => isVisible(device));
    const paths = [...media.controller.paths.values()].filter(({ name }) => isVisible(name));
    const [figures, storage, openFiles] = await Promise.all([
      Promise.all(shown.map((camera) => this.#ofCamera(camera))),
      this.#storage(identity),
      countOpenFiles(),
    ]);
    return {
      load: this.#load.read(),
      memory: process.memoryUsage.rss(),
      openFiles,
      traffic: this.traffic,
      report: health.report(),
      cameras: figures,
      paths: this.#ofPaths(paths),
      storage,
      isMediaUp: media.controller.isUp,
      events: events.seq,
      audit: audit.counts,
    };
  }

  async #ofCamera(camera: Camera): Promise<CameraFigures> {
    const { media, taps, recordingOf } = this.#deps;
    const { device, capture, isLive } = camera;
    const stats = isLive ? await taps.stats(device) : undefined;
    return {
      device,
      name: camera.name,
      kind: camera.row.kind,
      status: camera.status,
      isLive,
      fps: stats?.fps ?? 0,
      bitrate: Math.round(stats?.bitrate ?? 0),
      readers: media.controller.viewersOf(device),
      restarts: capture.state.restarts,
      frames: capture.state.frames,
      bytesSent: media.controller.paths.get(device)?.bytesSent ?? 0,
      isRecording: recordingOf(device) !== undefined,
    };
  }

  #ofPaths(paths: PathState[]): Figures['paths'] {
    const { controller } = this.#deps.media;
    return {
      total: paths.length,
      ready: paths.filter(({ available }) => available).length,
      readers: paths.reduce((sum, { name }) => sum + controller.viewersOf(name), 0),
      bytesSent: paths.reduce((sum, { bytesSent }) => sum + bytesSent, 0),
    };
  }

  async #storage(identity: Identity | undefined): Promise<StorageReport | undefined> {
    try {
      return await this.#deps.storageOf(identity?.cameras);
    } catch (error) {
      // A disk that is away is no reason to tell nothing of the rest.
      if (error instanceof AppError && error.errorName === 'dependency_failed') return undefined;
      throw error;
    }
  }
}

async function countOpenFiles(): Promise<number | undefined> {
  try {
    return (await readdir('/proc/self/fd')).length;
  } catch {
    // Where there is no /proc nobody can say.
    return undefined;
  }
}
