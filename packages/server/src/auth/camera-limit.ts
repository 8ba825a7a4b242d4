import { notFound } from '../errors.ts';

/** Which cameras there are, or were and may come back. */
export interface CameraRegister {
  /** `device`: `cameraN`. */
  has(device: string): boolean;
}

/** Throws `not_found` for the first camera of a limit that nobody knows: a mistyped one would lock silently. */
export function checkCameras(cameras: readonly string[] | null | undefined, register: CameraRegister): void {
  const unknown = cameras?.find((device) => !register.has(device));
  if (unknown !== undefined) throw notFound('camera', unknown, 'get_camera_list tells the cameras');
}

export function camerasToRow(cameras: readonly string[] | null): string | null {
  return cameras && JSON.stringify([...new Set(cameras)]);
}

export function camerasOfRow(cameras: string | null): string[] | null {
  return cameras === null ? null : (JSON.parse(cameras) as string[]);
}
