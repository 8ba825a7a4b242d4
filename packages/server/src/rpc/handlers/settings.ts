import type { Camera } from '../../cameras/camera.ts';
import { assertUsable } from '../../cameras/assert-usable.ts';
import type { CameraControls } from '../../cameras/controls.ts';
import type { CameraForgetter } from '../../cameras/forget.ts';
import type { CameraMerger } from '../../cameras/merge.ts';
import type { CameraRegistry } from '../../cameras/registry.ts';
import type { CameraSettingsKeeper } from '../../cameras/settings.ts';
import { ControlError, ControlsUnavailableError } from '../../devices/v4l2/controls.ts';
import { AppError } from '../../errors.ts';
import type { HandlersOf } from '../call.ts';
import type { CameraViewer } from '../camera-viewer.ts';
import { invalidParam } from '../invalid-params.ts';
import { visibleCamera } from '../visible-camera.ts';

export interface SettingsHandlerDeps {
  cameras: CameraRegistry;
  viewer: CameraViewer;
  settings: CameraSettingsKeeper;
  controls: CameraControls;
  forgetter: CameraForgetter;
  merger: CameraMerger;
}

export function settingsHandlers(deps: SettingsHandlerDeps): HandlersOf<'settings'> {
  const { cameras, viewer, settings, controls, forgetter, merger } = deps;
  return {
    set_camera: async ({ device, differs_from, ...change }, context) => {
      const camera = visibleCamera(cameras, device, context);
      const other = differs_from && visibleCamera(cameras, differs_from, context).device;
      await settings.change(camera, { ...change, differs_from: other });
      return { ...viewer.view(camera, context), device, settings: camera.row.settings };
    },
    forget_camera: async ({ device, delete_files: deleteFiles }, context) => {
      const camera = visibleCamera(cameras, device, context);
      const { filesDeleted } = await forgetter.forget(camera, { deleteFiles });
      return { device, forgotten: true, files_deleted: filesDeleted, success: true };
    },
    merge_cameras: async ({ device, other }, context) => {
      const camera = visibleCamera(cameras, device, context);
      await merger.merge(camera, visibleCamera(cameras, other, context));
      return { ...viewer.view(camera, context), device };
    },
    get_camera_controls: async ({ device }, context) => {
      const camera = visibleCamera(cameras, device, context);
      assertReachable(camera);
      return { device, controls: await controls.get(camera).catch(throwControlError) };
    },
    set_camera_controls: async ({ device, controls: values }, context) => {
      const camera = visibleCamera(cameras, device, context);
      assertReachable(camera);
      return { device, controls: await controls.set(camera, values).catch(throwControlError) };
    },
  };
}

/** Controls can be asked while another program streams, but not of a camera that is away. */
function assertReachable(camera: Camera): void {
  if (camera.state !== 'off') assertUsable(camera, ['CONNECTED', 'BUSY']);
}

function throwControlError(error: unknown): never {
  if (error instanceof ControlError) {
    const { control, rule, hint } = error;
    throw invalidParam({ param: `controls.${control}`, rule, problem: `is refused: ${hint}`, hint });
  }
  if (!(error instanceof ControlsUnavailableError)) throw error;
  throw new AppError(
    'dependency_failed',
    {
      reason: 'camera_unreachable',
      dependency: 'camera',
      detail: error.message,
      details: error.message,
      suggestion: 'Look at get_camera_status; try again when the camera is CONNECTED.',
    },
    { cause: error },
  );
}
