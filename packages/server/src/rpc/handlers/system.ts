import type { Result } from '@mediamtx-camera-service/protocol';
import { mayView } from '../../auth/identity.ts';
import type { CameraRegistry } from '../../cameras/registry.ts';
import type { CameraMonitor } from '../../cameras/monitor.ts';
import type { HealthProblem, HealthSource } from '../../health/report.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import { describeFigures } from '../../metrics/report.ts';
import type { MediaServer } from '../../mediamtx/media-server.ts';
import type { HandlersOf } from '../call.ts';
import { visibleProblems } from '../hide-foreign.ts';

export interface SystemHandlerDeps {
  health: HealthSource;
  cameras: Pick<CameraRegistry, 'list'>;
  monitor: Pick<CameraMonitor, 'state'>;
  media: Pick<MediaServer, 'controller' | 'mode' | 'limitations' | 'ownRules'>;
  metrics: Pick<Metrics, 'gather'>;
  version: string;
  buildDate: string;
  /** What works and is not as safe as it should be. */
  warnings: () => HealthProblem[];
}

const maxCameras = 64;

export function systemHandlers(deps: SystemHandlerDeps): Omit<HandlersOf<'system'>, 'rpc.discover'> {
  const { health, cameras, monitor, media, metrics, version } = deps;
  return {
    get_status: (_params, { identity }) => {
      const { status, uptimeSeconds, components, problems: all } = health.report();
      const problems = visibleProblems(all, identity);
      return { status, uptime: uptimeSeconds, version, components, problems, warnings: deps.warnings() };
    },
    get_metrics: async (_params, { identity }) => describeFigures(await metrics.gather(identity)),
    get_system_status: (_params, { identity }) => {
      const { isStarting, problems: all } = health.report();
      const problems = visibleProblems(all, identity);
      const available = cameras
        .list()
        .filter(({ device, status }) => status === 'CONNECTED' && (!identity || mayView(identity, device)));
      return {
        status: isStarting ? 'starting' : problems.length > 0 ? 'partial' : 'ready',
        message:
          problems.map(({ reason }) => reason).join('; ') ||
          (isStarting ? 'the service is starting' : 'all is well'),
        available_cameras: available.map(({ device }) => device),
        discovery_active: monitor.state === 'RUNNING',
      };
    },
    get_server_info: () => serverInfo(deps),
  };

  function serverInfo({ buildDate }: SystemHandlerDeps): Result<'get_server_info'> {
    return {
      name: 'MediaMTX Camera Service',
      version,
      build_date: buildDate,
      runtime: `node ${process.versions.node}`,
      architecture: `${process.platform} ${process.arch}`,
      capabilities: ['usb', 'test', 'snapshots', 'recordings', 'webrtc', 'll-hls', 'rtsp', 'events'],
      supported_formats: { snapshot: ['jpg', 'png'], recording: ['mp4', 'fmp4', 'mkv'] },
      max_cameras: maxCameras,
      mediamtx: {
        version: media.controller.info?.version ?? null,
        mode: media.mode ?? null,
        limitations: [...media.limitations, ...media.ownRules],
      },
    };
  }
}
