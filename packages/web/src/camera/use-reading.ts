import { NotConnectedError, type CameraServiceClient } from '@mediamtx-camera-service/client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useApp } from '../app-context.ts';
import { explain } from '../explain.ts';

/** One call; a function that stays the same, as a new one is read anew. */
export type Read<T> = (client: CameraServiceClient, device: string, signal: AbortSignal) => Promise<T>;

interface ReadingOptions {
  device: string;
  /** Also read after so long, for figures that nobody tells. */
  everyMs?: number;
  /** false: what a change of the camera's state doesn't touch; default true. */
  isFollowing?: boolean;
}

export interface Reading<T> {
  value: T | undefined;
  error: string | null;
  reread: () => void;
  /** Takes what a change has answered with; a read that began before it is passed over. */
  replace: (value: T) => void;
}

/** What the service says of a camera: read now, on each new connection, and with each change of the camera. */
export function useReading<T>(read: Read<T>, options: ReadingOptions): Reading<T> {
  const { device, everyMs, isFollowing = true } = options;
  const { client } = useApp();
  const [reading, setReading] = useState<{ value: T | undefined; error: string | null }>({
    value: undefined,
    error: null,
  });
  const latest = useRef<() => void>(() => undefined);
  const replacements = useRef(0);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const again = inTurn(async () => {
      const before = replacements.current;
      try {
        const value = await read(client, device, signal);
        if (!signal.aborted && before === replacements.current) setReading({ value, error: null });
      } catch (error) {
        // A lost connection has its own line, and the next one reads again.
        if (signal.aborted || error instanceof NotConnectedError) return;
        setReading(({ value }) => ({ value, error: explain(error) }));
      }
    });
    latest.current = again;
    again();
    const stops = [
      client.on('camera_status_update', (update) => {
        if (isFollowing && update.device === device) again();
      }),
      client.onState(({ status }) => {
        if (status === 'open') again();
      }),
    ];
    const timer = everyMs === undefined ? undefined : setInterval(again, everyMs);
    return () => {
      controller.abort(new Error('left'));
      clearInterval(timer);
      for (const stop of stops) stop();
    };
  }, [client, device, everyMs, isFollowing, read]);
  const reread = useCallback(() => latest.current(), []);
  const replace = useCallback((value: T) => {
    replacements.current += 1;
    setReading({ value, error: null });
  }, []);
  return { ...reading, reread, replace };
}

/** One at a time; however often it is asked for meanwhile, it follows once more. */
function inTurn(read: () => Promise<void>): () => void {
  let isReading = false;
  let isStale = false;
  const run = async (): Promise<void> => {
    isReading = true;
    do {
      isStale = false;
      await read();
    } while (isStale);
    isReading = false;
  };
  return () => {
    if (isReading) isStale = true;
    else void run();
  };
}
