import type { Components } from '@mediamtx-camera-service/protocol';
import type { AuditLog } from '../audit/audit-log.ts';
import type { CameraMonitor } from '../cameras/monitor.ts';
import type { CameraRegistry } from '../cameras/registry.ts';
import type { ConfigKeeper } from '../config/config-keeper.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Notifier } from '../events/notifier.ts';
import type { HealthProblem, HealthReport, HealthSource } from '../health/report.ts';
import type { MediaServer } from '../mediamtx/media-server.ts';
import type { Ffmpeg } from './ffmpeg.ts';

/** The parts that a report is made of; each is undefined until it is built. */
export interface HealthParts {
  media?: MediaServer;
  monitor?: CameraMonitor;
  cameras?: CameraRegistry;
  ffmpeg?: Ffmpeg;
  recordingCount?: () => number;
  keeper?: Pick<ConfigKeeper, 'problem'>;
  audit?: Pick<AuditLog, 'problem'>;
  events?: EventLog;
  notifier?: Notifier;
}

/** How the service is, from what its parts know of themselves; a change is told once. */
export class HealthMonitor implements HealthSource {
  readonly parts: HealthParts = {};
  readonly #version: string;
  readonly #startedAt = performance.now();
  #phase: 'starting' | 'running' | 'stopping' = 'starting';
  #restarts = 0;
  #told = '';

  constructor({ version }: { version: string }) {
    this.#version = version;
  }

  report(): HealthReport {
    const { media, cameras, recordingCount } = this.parts;
    const components = this.#components();
    const problems = this.#problems();
    const isBad = components.mediamtx === 'ERROR' || components.camera_monitor === 'ERROR';
    const list = cameras?.list() ?? [];
    return {
      // Without MediaMTX no camera can be seen; anything less is degraded.
      status:
        components.mediamtx === 'ERROR' ? 'UNHEALTHY' : isBad || problems.length > 0 ? 'DEGRADED' : 'HEALTHY',
      isStarting: this.#phase === 'starting',
      uptimeSeconds: Math.round(performance.now() - this.#startedAt) / 1000,
      version: this.#version,
      components,
      problems,
      cameras: {
        total: list.length,
        connected: list.filter(({ status }) => status === 'CONNECTED').length,
        live: list.filter(({ isLive }) => isLive).length,
        recording: recordingCount?.() ?? 0,
      },
      mediamtx: {
        mode: media?.mode ?? null,
        version: this.#phase === 'starting' ? null : (media?.controller.info?.version ?? null),
        restarts: this.#restarts,
      },
    };
  }

  setPhase(phase: 'running' | 'stopping'): void {
    this.#phase = phase;
    this.noteChange();
  }

  noteMediaMtxRestart(): void {
    this.#restarts++;
  }

  /** Tells a change of status or components; called when a part may have changed. */
  noteChange(): void {
    const { events, notifier } = this.parts;
    if (this.#phase === 'starting' || !events || !notifier) return;
    const { status, components, problems } = this.report();
    const present = JSON.stringify([status, components]);
    if (present === this.#told) return;
    this.#told = present;
    notifier.notify('system_health_update', { status, components, timestamp: new Date().toISOString() });
    events.append('system.health', { status, components, problems });
  }

  #components(): Components {
    const { media, monitor } = this.parts;
    const own = { starting: 'STARTING', running: 'RUNNING', stopping: 'STOPPING' } as const;
    return {
      websocket_server: own[this.#phase],
      camera_monitor: monitor?.state ?? 'STARTING',
      mediamtx: this.#phase === 'stopping' ? 'STOPPING' : this.#mediaState(media),
    };
  }

  #mediaState(media: MediaServer | undefined): Components['mediamtx'] {
    if (!media?.isStarted) return 'STARTING';
    return media.controller.isUp ? 'RUNNING' : 'ERROR';
  }

  #problems(): HealthProblem[] {
    const { media, monitor, ffmpeg, cameras, keeper, audit } = this.parts;
    const problems: HealthProblem[] = [];
    const add = (component: string, reason: string | undefined): void => {
      if (reason !== undefined) problems.push({ component, reason });
    };
    if (media?.isStarted) {
      add('mediamtx', media.problem);
      for (const limitation of media.limitations) add('mediamtx', limitation);
    }
    add('camera_monitor', monitor?.problem);
    add('ffmpeg', ffmpeg?.problem);
    add('configuration', keeper?.problem);
    add('audit', audit?.problem);
    for (const camera of cameras?.list() ?? []) {
      if (camera.state === 'failed' || camera.state === 'busy')
        add(camera.device, camera.statusReason ?? camera.status);
    }
    return problems;
  }
}
