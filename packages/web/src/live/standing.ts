import type { Camera } from '@mediamtx-camera-service/client';

/** What a camera's state means to who looks at its tile. */
export type Standing = 'watchable' | 'coming' | 'away' | 'ill' | 'set_aside';

const standings: Readonly<Record<Camera['state'], Standing>> = {
  probing: 'coming',
  absent: 'away',
  ready: 'watchable',
  starting: 'watchable',
  live: 'watchable',
  recovering: 'watchable',
  failed: 'ill',
  busy: 'ill',
  lent: 'set_aside',
  off: 'set_aside',
  disabled: 'set_aside',
};

export function standingOf({ state }: Pick<Camera, 'state'>): Standing {
  return standings[state];
}

/** Whether asking for its picture can bring one. */
export function isWatchable(camera: Pick<Camera, 'state'>): boolean {
  return standingOf(camera) === 'watchable';
}

/** Whether what was watched of it has ended, for every viewer. */
export function hasEnded(camera: Pick<Camera, 'state'>): boolean {
  return !isWatchable(camera) || camera.state === 'recovering';
}
