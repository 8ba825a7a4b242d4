import type { AuditLog } from '../audit/audit-log.ts';
import type { ConfigKeeper } from '../config/config-keeper.ts';
import type { EffectiveConfig } from '../config/load.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Notifier } from '../events/notifier.ts';
import type { HealthSource } from '../health/report.ts';
import { filePath } from '../http/files.ts';
import type { Certificate } from '../http/tls.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Addresses } from '../rpc/addresses.ts';
import type { CallContext } from '../rpc/call.ts';
import { accessHandlers } from '../rpc/handlers/access.ts';
import { auditLogHandler } from '../rpc/handlers/audit.ts';
import { cameraHandlers } from '../rpc/handlers/camera.ts';
import {
  assembleHandlers,
  createDiscoverHandlers,
  createEventHandlers,
  createSessionHandlers,
} from '../rpc/handlers/index.ts';
import { configurationHandlers } from '../rpc/handlers/configuration.ts';
import { recordingHandlers } from '../rpc/handlers/recording.ts';
import { settingsHandlers } from '../rpc/handlers/settings.ts';
import { snapshotHandlers } from '../rpc/handlers/snapshot.ts';
import { storageHandlers } from '../rpc/handlers/storage.ts';
import { streamHandlers } from '../rpc/handlers/stream.ts';
import { systemHandlers } from '../rpc/handlers/system.ts';
import type { AddressBudgets, LimitOptions } from '../rpc/limits.ts';
import { OpenSessions } from '../rpc/open-sessions.ts';
import { RpcServer } from '../rpc/rpc-server.ts';
import { RetentionSettings } from '../retention/settings.ts';
import { Sessions } from '../rpc/sessions.ts';
import { buildDate, serviceVersion } from '../version.ts';
import type { StorageFacts } from '../store/storage-error.ts';
import type { CameraParts } from './build-cameras.ts';
import type { MediaAccess } from './build-media-access.ts';
import type { AccessParts } from './build-credentials.ts';
import { certificateWarnings, exposureWarnings } from './exposure.ts';

export interface BuildRpcDeps extends CameraParts, MediaAccess, AccessParts {
  /** Values are read at use: many can be changed at run time. */
  config: EffectiveConfig;
  keeper: ConfigKeeper;
  events: EventLog;
  notifier: Notifier;
  addresses: Addresses;
  addressBudgets: AddressBudgets;
  certificate: Certificate | undefined;
  storage: StorageFacts;
  health: HealthSource;
  audit: AuditLog;
  metrics: Metrics;
  log: Logger;
}

/** The RPC server with the handlers of every namespace. */
export function buildRpc(deps: BuildRpcDeps): RpcServer {
  const { config, events, notifier, credentials, log, links, openMedia: media } = deps;
  const sessions = new Sessions({
    get maxConnections() {
      return config.server.max_connections;
    },
    get maxConnectionsPerAddress() {
      return config.server.max_connections_per_address;
    },
  });
  credentials.onChange(() => sessions.recheck(credentials));
  const downloadUrl = (
    kind: 'recordings' | 'snapshots',
    filename: string,
    { identity }: Pick<CallContext, 'identity'>,
  ): string => links.make(filePath(kind, filename), identity);
  return new RpcServer({
    handlers: assembleHandlers({
      session: createSessionHandlers(deps),
      event: createEventHandlers({ events, sessions }),
      discover: createDiscoverHandlers(serviceVersion),
      camera: cameraHandlers(deps),
      settings: settingsHandlers(deps),
      snapshot: snapshotHandlers({ ...deps, store: deps.snapshotStore, downloadUrl }),
      recording: recordingHandlers({ ...deps, store: deps.recordingStore, downloadUrl }),
      stream: streamHandlers(deps),
      storage: storageHandlers({ ...deps, retention: new RetentionSettings(deps) }),
      access: {
        ...accessHandlers({ ...deps, openSessions: new OpenSessions({ sessions, credentials, media }) }),
        get_audit_log: auditLogHandler(deps),
      },
      configuration: configurationHandlers(deps),
      system: systemHandlers({
        ...deps,
        version: serviceVersion,
        buildDate,
        warnings: () => [
          ...exposureWarnings({ config, hasOwnMediaMtx: deps.media.mode === 'managed' }),
          ...certificateWarnings(deps.certificate),
        ],
      }),
    }),
    sessions,
    events,
    notifier,
    audit: deps.audit,
    traffic: deps.metrics.traffic,
    log,
    limits: liveLimits(config),
    greeting: {
      server_name: 'MediaMTX Camera Service',
      server_version: serviceVersion,
      protocol_version: '1.0',
    },
    get openReads() {
      return config.security.open_reads;
    },
    get replyMetadata() {
      return config.server.reply_metadata;
    },
    addressBudgets: deps.addressBudgets,
    storage: deps.storage,
  });
}

function liveLimits({ security, server }: EffectiveConfig): LimitOptions {
  return {
    get ratePerMinute() {
      return security.rate_limit_per_minute;
    },
    get burst() {
      return security.rate_limit_burst;
    },
    get maxInFlight() {
      return server.max_in_flight;
    },
  };
}
