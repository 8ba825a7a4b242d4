import type { Components, HealthStatus } from '@mediamtx-camera-service/protocol';

/** What is wrong or degraded, in words that are fit for anybody: no addresses with credentials, no tokens. */
export interface HealthProblem {
  component: string;
  reason: string;
}

/** The state of the service at one moment. */
export interface HealthReport {
  status: HealthStatus;
  /** Whether the start is still going on; probes then see `starting` and `/health/ready` says 503. */
  isStarting: boolean;
  uptimeSeconds: number;
  version: string;
  components: Components;
  problems: HealthProblem[];
  cameras: { total: number; connected: number; live: number; recording: number };
  mediamtx: { mode: 'managed' | 'external' | null; version: string | null; restarts: number };
}

/** Who knows how the service is. `report` is called on every probe, so it only reads what is known already. */
export interface HealthSource {
  report(): HealthReport;
}

/** The report until the other parts are there. */
export function startingReport(options: { uptimeSeconds: number; version: string }): HealthReport {
  return {
    ...options,
    status: 'DEGRADED',
    isStarting: true,
    components: { websocket_server: 'STARTING', camera_monitor: 'STARTING', mediamtx: 'STARTING' },
    problems: [],
    cameras: { total: 0, connected: 0, live: 0, recording: 0 },
    mediamtx: { mode: null, version: null, restarts: 0 },
  };
}
