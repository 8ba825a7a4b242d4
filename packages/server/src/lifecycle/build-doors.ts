import { fileURLToPath } from 'node:url';
import type { LoginCodes } from '../auth/login-codes.ts';
import type { ConfigKeeper } from '../config/config-keeper.ts';
import type { EffectiveConfig } from '../config/load.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Notifier } from '../events/notifier.ts';
import { HttpServer } from '../http/server.ts';
import type { Certificate } from '../http/tls.ts';
import type { Logger } from '../log.ts';
import { Metrics, type Figures, type MetricsDeps } from '../metrics/metrics.ts';
import { metricsText } from '../metrics/prometheus.ts';
import type { Addresses } from '../rpc/addresses.ts';
import { AddressBudgets } from '../rpc/limits.ts';
import type { RpcServer } from '../rpc/rpc-server.ts';
import type { StorageFacts } from '../store/storage-error.ts';
import { serviceVersion } from '../version.ts';
import { startAudit } from './build-audit.ts';
import type { CameraParts } from './build-cameras.ts';
import { startAccess } from './build-credentials.ts';
import { startMediaAccess } from './build-media-access.ts';
import { buildRpc } from './build-rpc.ts';
import type { DataPaths } from './data-dir.ts';
import type { HealthMonitor } from './health-monitor.ts';
import type { ShutdownStack } from './shutdown-stack.ts';

export interface BuildDoorsDeps {
  parts: CameraParts;
  db: CameraParts['db'];
  paths: DataPaths;
  events: EventLog;
  notifier: Notifier;
  addresses: Addresses;
  certificate: Certificate | undefined;
  health: HealthMonitor;
  stack: ShutdownStack;
  config: EffectiveConfig;
  keeper: ConfigKeeper;
  log: Logger;
}

/** What lets others in: `http` is built and does not listen yet. */
export interface Doors {
  http: HttpServer;
  rpc: RpcServer;
  loginCodes: LoginCodes;
  metrics: Metrics;
}

/** Who may call, what is kept of it, and the two ways in. What is started here goes onto the stack. */
export function buildDoors(deps: BuildDoorsDeps): Doors {
  const { parts, events, certificate, health, stack, config, keeper, log } = deps;
  const access = startAccess({ db: deps.db, config, log });
  stack.push('access', () => access.stop());
  const audit = startAudit({ ...parts, db: deps.db, paths: deps.paths, config, health, log });
  stack.push('audit', () => audit.stop());
  // The command line writes to the log too, and each change of the database by another program is told here.
  stack.push(
    'audit of others',
    access.credentials.onChange(() => audit.followOthers()),
  );
  const metrics = startMetrics(deps, audit);
  const addressBudgets = new AddressBudgets(() => config.security.address_rate_limit_per_minute);
  const mediaAccess = startMediaAccess({ db: deps.db, config, ...access, media: parts.media, log });
  stack.push('media access', () => mediaAccess.stop());
  const unfollow = keeper.onChange((applied) => {
    // What nobody in particular was given ends with it, such as logins for players.
    if (applied.includes('security.open_reads')) access.credentials.noteChange();
  });
  stack.push('rights of all', unfollow);
  const storage: StorageFacts = {
    dataDir: config.storage.data_dir,
    get minFreeBytes() {
      return config.storage.min_free * 1_000_000;
    },
  };
  const shared = { ...access, ...mediaAccess, addressBudgets, audit, events, health, storage, log };
  const { db, notifier, addresses } = deps;
  const rpc = buildRpc({
    ...shared,
    ...parts,
    db,
    notifier,
    addresses,
    metrics,
    certificate,
    config,
    keeper,
  });
  const http = new HttpServer({
    ...shared,
    config: config.server,
    tls: certificate,
    rpc,
    media: parts.cameraMedia,
    cameras: parts.viewer,
    catalog: parts.catalog,
    metricsText: async (identity) => toMetricsText(await metrics.gather(identity), { namesCameras: true }),
    version: serviceVersion,
    pageDir: fileURLToPath(new URL('../../../web/dist', import.meta.url)),
    startTimeoutMs: config.capture.start_timeout * 1000,
  });
  return { http, rpc, loginCodes: access.loginCodes, metrics };
}

/** Figures of all cameras or of none, as Prometheus reads them. */
export function toMetricsText(
  figures: Figures,
  { namesCameras }: { namesCameras: boolean },
): Promise<string> {
  return metricsText(figures, { version: serviceVersion, namesCameras });
}

function startMetrics(
  { parts, events, health, stack }: BuildDoorsDeps,
  audit: MetricsDeps['audit'],
): Metrics {
  const recordingOf: MetricsDeps['recordingOf'] = (device) => parts.recordings.runningOf(device);
  const metrics = new Metrics({ ...parts, events, audit, recordingOf, health });
  metrics.start();
  stack.push('metrics', () => metrics.stop());
  return metrics;
}
