import type { CameraRegistry } from '../cameras/registry.ts';
import type { EventLog } from '../events/event-log.ts';
import type { MediaServer } from '../mediamtx/media-server.ts';
import { StreamNews } from '../streams/stream-news.ts';

interface FollowMediaDeps {
  media: MediaServer;
  cameras: Pick<CameraRegistry, 'list'>;
  events: EventLog;
}

/** Lets cameras and the event log follow MediaMTX: whether it is there, which paths have their picture, and who reads. */
export function followMedia({ media, cameras, events }: FollowMediaDeps): void {
  const { controller } = media;
  const streamNews = new StreamNews({ events });
  controller.onState((state) => {
    for (const camera of cameras.list()) camera.setMediaUp(state === 'up');
    if (state === 'down')
      events.append('mediamtx.error', { reason: media.problem ?? 'MediaMTX is not available' });
  });
  controller.onPaths((states) => {
    streamNews.note(states);
    for (const camera of cameras.list()) camera.demand.setReaders(controller.viewersOf(camera.device));
  });
}
