import type { CameraViewer } from '../camera-viewer.ts';
import type { CameraRegistry } from '../../cameras/registry.ts';
import type { HandlersOf } from '../call.ts';
import { visibleCamera } from '../visible-camera.ts';

export interface CameraHandlerDeps {
  cameras: CameraRegistry;
  viewer: CameraViewer;
}

export function cameraHandlers({ cameras, viewer }: CameraHandlerDeps): HandlersOf<'camera'> {
  return {
    get_camera_list: (_params, { identity, host }) => {
      const list = viewer.list(identity, host);
      const connected = list.filter(({ status }) => status === 'CONNECTED').length;
      return { cameras: list, total: list.length, connected };
    },
    get_camera_status: async ({ device }, context) => {
      const camera = visibleCamera(cameras, device, context);
      const { formats, resolutions, fps_options } = viewer.capabilities(camera);
      return {
        ...viewer.view(camera, context.host),
        device,
        metrics: await viewer.metrics(camera),
        capabilities: { formats, resolutions, fps_options },
      };
    },
    get_camera_capabilities: ({ device }, context) => {
      const camera = visibleCamera(cameras, device, context);
      return { device, ...viewer.capabilities(camera) };
    },
  };
}
