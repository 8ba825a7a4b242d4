import { mayView } from '../auth/identity.ts';
import type { Camera } from '../cameras/camera.ts';
import type { CameraRegistry } from '../cameras/registry.ts';
import { notFound } from '../errors.ts';
import type { CallContext } from './call.ts';

/** The camera that a call names; one that the caller may not see is as unknown as one that isn't there. */
export function visibleCamera(cameras: CameraRegistry, device: string, { identity }: CallContext): Camera {
  const camera = cameras.find(device);
  const isVisible = camera && (!identity || mayView(identity, camera.device));
  if (!isVisible) throw notFound('camera', device, 'get_camera_list tells which cameras there are.');
  return camera;
}
