import type { Credentials } from '../auth/credentials.ts';
import type { EffectiveConfig } from '../config/load.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Notifier } from '../events/notifier.ts';
import type { HealthSource } from '../health/report.ts';
import type { UrlSigner } from '../http/signing.ts';
import type { Logger } from '../log.ts';
import type { Addresses } from '../rpc/addresses.ts';
import { accessHandlers } from '../rpc/handlers/access.ts';
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
import { RpcServer } from '../rpc/rpc-server.ts';
import { Sessions } from '../rpc/sessions.ts';
import { buildDate, serviceVersion } from '../version.ts';
import type { CameraParts } from './build-cameras.ts';

export interface BuildRpcDeps extends CameraParts {
  config: EffectiveConfig;
  events: EventLog;
  notifier: Notifier;
  addresses: Addresses;
  credentials: Credentials;
  signer: UrlSigner;
  health: HealthSource;
  log: Logger;
}

// As long as a page may stay open before it asks for the list again.
const downloadMs = 24 * 3_600_000;

/** The RPC server with the handlers of every namespace. */
export function buildRpc(deps: BuildRpcDeps): RpcServer {
  const { config, events, notifier, credentials, log, signer } = deps;
  const sessions = new Sessions({
    maxConnections: config.server.max_connections,
    maxConnectionsPerAddress: config.server.max_connections_per_address,
  });
  credentials.onChange(() => sessions.recheck(credentials));
  const downloadUrl = (kind: 'recordings' | 'snapshots', filename: string): string =>
    signer.sign(`/files/${kind}/${filename}`, Date.now() + downloadMs);
  return new RpcServer({
    handlers: assembleHandlers({
      session: createSessionHandlers({ credentials }),
      event: createEventHandlers({ events, sessions }),
      discover: createDiscoverHandlers(serviceVersion),
      camera: cameraHandlers(deps),
      settings: settingsHandlers(deps),
      snapshot: snapshotHandlers({ ...deps, store: deps.snapshotStore, downloadUrl }),
      recording: recordingHandlers({ ...deps, store: deps.recordingStore, downloadUrl }),
      stream: streamHandlers(deps),
      storage: storageHandlers(),
      access: accessHandlers(),
      configuration: configurationHandlers(),
      system: systemHandlers({ ...deps, version: serviceVersion, buildDate }),
    }),
    sessions,
    events,
    notifier,
    log,
    limits: {
      ratePerMinute: config.security.rate_limit_per_minute,
      burst: config.security.rate_limit_burst,
      maxInFlight: config.server.max_in_flight,
    },
    greeting: {
      server_name: 'MediaMTX Camera Service',
      server_version: serviceVersion,
      protocol_version: '1.0',
    },
    openReads: config.security.open_reads,
    replyMetadata: config.server.reply_metadata,
  });
}
