import { readBootstrap, type Bootstrap } from './bootstrap.ts';
import { HeadStart } from './live/head-start.ts';
import { isWatchable } from './live/standing.ts';

const mostCameras = 4;

/** The cameras whose tiles will be on the screen; which they are is only certain once the page is laid out. */
function firstOnScreen({ cameras = [] }: Bootstrap): string[] {
  const isStacked = innerWidth < 720 && innerWidth < innerHeight;
  const most = isStacked ? Math.ceil(innerHeight / ((innerWidth * 9) / 16)) : mostCameras;
  return cameras
    .slice(0, Math.min(most, mostCameras))
    .filter(isWatchable)
    .map(({ device }) => `/media/${device}/whep`);
}

/** The page's own script takes the sessions from here: both import this one module. */
export const headStart = new HeadStart();

const isWatching = document.visibilityState === 'visible' && !location.hash.startsWith('#settings');
if (isWatching) headStart.begin(firstOnScreen(readBootstrap(document)));
