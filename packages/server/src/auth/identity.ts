import type { Role } from '@mediamtx-camera-service/protocol';

/** What an identity stands on; its rights end with it. */
export type Basis =
  /** A token or a cookie that bears its rights itself. `loginId`: a token's jti, a cookie's id. */
  | { kind: 'login'; loginId: string }
  /** A login of a stored user; `generation` changes with the password. */
  | { kind: 'user'; loginId: string; generation: string }
  /** `hash` tells which of a rotated key's two secrets was used. */
  | { kind: 'api_key'; keyId: string; hash: string };

/** Who calls, with which rights, until when. */
export interface Identity {
  /** The user's name, or the API key's. */
  user: string;
  role: Role;
  method: 'jwt' | 'api_key' | 'session' | 'password';
  /** Epoch milliseconds at which the rights end; null: never. */
  expiresAt: number | null;
  /** The only cameras (`cameraN`) that it may see; absent: all. */
  cameras?: string[];
  basis: Basis;
  /** Of one browser's cookie, and of tokens made by it: it can be ended without what the cookie was made from. */
  sessionId?: string;
}

/** Whether the identity may know of the camera (`cameraN`); to others the camera does not exist. */
export function mayView(identity: Identity, device: string): boolean {
  return identity.cameras === undefined || identity.cameras.includes(device);
}

export function isExpired(identity: Identity, nowMs: number): boolean {
  return identity.expiresAt !== null && identity.expiresAt <= nowMs;
}
