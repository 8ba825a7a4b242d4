import type { Result } from '@mediamtx-camera-service/protocol';
import type { Camera } from '../../cameras/camera.ts';
import { AppError } from '../../errors.ts';
import type { TransitionStore } from '../../store/transitions.ts';
import type { CameraViewer } from '../camera-viewer.ts';
import type { CameraRegistry } from '../../cameras/registry.ts';
import type { CallContext, HandlersOf } from '../call.ts';
import { visibleCamera } from '../visible-camera.ts';

export interface CameraHandlerDeps {
  cameras: CameraRegistry;
  viewer: CameraViewer;
  transitions: Pick<TransitionStore, 'list'>;
}

export function cameraHandlers({ cameras, viewer, transitions }: CameraHandlerDeps): HandlersOf<'camera'> {
  const listCameras = ({ identity, host, origin }: CallContext): Result<'get_camera_list'> => {
    const list = viewer.list(identity, { host, origin });
    const connected = list.filter(({ status }) => status === 'CONNECTED').length;
    return { cameras: list, total: list.length, connected };
  };
  return {
    get_camera_list: (_params, context) => listCameras(context),
    get_cameras: (_params, context) => listCameras(context),
    get_camera_status: async ({ device }, context) => {
      const camera = visibleCamera(cameras, device, context);
      const { formats, resolutions, fps_options } = viewer.capabilities(camera);
      return {
        ...viewer.view(camera, context),
        device,
        metrics: await viewer.metrics(camera),
        capabilities: { formats, resolutions, fps_options },
        settings: camera.row.settings,
      };
    },
    get_camera_capabilities: ({ device }, context) => {
      const camera = visibleCamera(cameras, device, context);
      return { device, ...viewer.capabilities(camera) };
    },
    get_camera_history: ({ device, limit }, context) => {
      const camera = visibleCamera(cameras, device, context);
      return {
        device,
        transitions: transitions
          .list(camera.device, limit)
          .map((transition) => ({ ...transition, time: new Date(transition.time).toISOString() })),
      };
    },
    release_camera: async ({ device, seconds }, context) => {
      const camera = visibleCamera(cameras, device, context);
      assertLendable(camera);
      const releasedUntil = Date.now() + seconds * 1000;
      await camera.lend(releasedUntil);
      return { device, released_until: new Date(releasedUntil).toISOString() };
    },
    reclaim_camera: ({ device }, context) => {
      const camera = visibleCamera(cameras, device, context);
      if (camera.row.releasedUntil === null) throw notLent(camera);
      camera.reclaim();
      return { ...viewer.view(camera, context), device };
    },
  };
}

/** One that is away may be lent too: it is left alone when it comes. */
function assertLendable({ device, state, statusReason }: Camera): void {
  if (state !== 'disabled') return;
  throw new AppError('invalid_state', {
    reason: 'camera_disabled',
    state: 'DISABLED',
    allowed_states: ['CONNECTED', 'BUSY', 'ERROR', 'DISCONNECTED'],
    details: `${device} is left alone already: ${statusReason ?? ''}`,
    suggestion: 'Any program can use its device.',
  });
}

function notLent({ device, status }: Camera): AppError {
  return new AppError('invalid_state', {
    reason: 'not_released',
    state: status,
    allowed_states: ['BUSY'],
    details: `${device} is not lent to anybody`,
    suggestion: 'release_camera frees it for another program.',
  });
}
