import type { CameraServiceClient } from '@mediamtx-camera-service/client';
import { useCallback } from 'react';
import { useAnswer, type Answer, type Ask } from '../use-answer.ts';

/** One call; a function that stays the same, as a new one is read anew. */
export type Read<T> = (client: CameraServiceClient, device: string, signal: AbortSignal) => Promise<T>;

interface ReadingOptions {
  device: string;
  /** Also read after so long, for figures that nobody tells. */
  everyMs?: number;
  /** false: what a change of the camera's state doesn't touch; default true. */
  isFollowing?: boolean;
}

export type Reading<T> = Answer<T>;

/** What the service says of a camera: read now, on each new connection, and with each change of the camera. */
export function useReading<T>(read: Read<T>, options: ReadingOptions): Reading<T> {
  const { device, everyMs, isFollowing = true } = options;
  const ask: Ask<T> = useCallback((client, signal) => read(client, device, signal), [device, read]);
  const follow = useCallback(
    (client: CameraServiceClient, again: () => void) =>
      client.on('camera_status_update', (update) => {
        if (isFollowing && update.device === device) again();
      }),
    [device, isFollowing],
  );
  return useAnswer(ask, { everyMs, follow });
}
