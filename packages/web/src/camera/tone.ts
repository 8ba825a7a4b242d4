import type { Camera } from '@mediamtx-camera-service/client';

export type Tone = 'live' | 'ready' | 'moving' | 'away' | 'trouble' | 'aside';

const tones: Readonly<Record<Camera['state'], Tone>> = {
  live: 'live',
  ready: 'ready',
  probing: 'moving',
  starting: 'moving',
  recovering: 'trouble',
  absent: 'away',
  failed: 'trouble',
  busy: 'trouble',
  lent: 'aside',
  off: 'aside',
  disabled: 'aside',
};

/** How a state looks where there is no room for words. */
export function toneOf(state: Camera['state']): Tone {
  return tones[state];
}
