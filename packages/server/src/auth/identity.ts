import type { Role } from '@mediamtx-camera-service/protocol';

/** Who calls, with which rights, until when. */
export interface Identity {
  user: string;
  role: Role;
  method: 'jwt' | 'api_key' | 'session';
  /** Epoch milliseconds at which the rights end; null: never. */
  expiresAt: number | null;
  /** The only cameras (`cameraN`) that it may see; absent: all. */
  cameras?: string[];
}

/** Whether the identity may know of the camera (`cameraN`); to others the camera does not exist. */
export function mayView(identity: Identity, device: string): boolean {
  return identity.cameras === undefined || identity.cameras.includes(device);
}

export function isExpired(identity: Identity, nowMs: number): boolean {
  return identity.expiresAt !== null && identity.expiresAt <= nowMs;
}
