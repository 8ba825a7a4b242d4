import { AppError, notFound } from '../errors.ts';
import { mayView, type Identity } from './identity.ts';

/** Which cameras there are, or were and may come back. */
export interface CameraRegister {
  /** `device`: `cameraN`. */
  has(device: string): boolean;
}

type Limit = readonly string[] | null;

/**
 * Whether `giver` may give rights on these cameras (null: all). Throws `not_found` for the first one that nobody knows,
 * or that the giver may not know of; `permission_denied` where a giver who is limited would give all.
 */
export function checkCameras(cameras: Limit, register: CameraRegister, giver: Identity | undefined): void {
  const unknown = cameras?.find((device) => !register.has(device) || (giver && !mayView(giver, device)));
  if (unknown !== undefined) throw notFound('camera', unknown, 'get_camera_list tells the cameras');
  if (cameras === null && giver?.cameras) throw widerRights('rights on all cameras');
}

/** Throws `permission_denied` where rights on these cameras are more than, or other than, those of `giver`. */
export function checkWithin(cameras: Limit, giver: Identity | undefined, whose: string): void {
  if (!isWithin(cameras, giver)) throw widerRights(whose);
}

export function isWithin(cameras: Limit, giver: Identity | undefined): boolean {
  if (!giver?.cameras) return true;
  return cameras !== null && cameras.every((device) => mayView(giver, device));
}

export function camerasToRow(cameras: Limit): string | null {
  return cameras && JSON.stringify([...new Set(cameras)]);
}

export function camerasOfRow(cameras: string | null): string[] | null {
  return cameras === null ? null : (JSON.parse(cameras) as string[]);
}

function widerRights(whose: string): AppError {
  return new AppError('permission_denied', {
    reason: 'wider_rights',
    details: `${whose} are more than your own, which are limited to some cameras`,
    suggestion: 'ask an admin who may see all cameras',
    required_role: 'admin',
    have_role: 'admin',
  });
}
