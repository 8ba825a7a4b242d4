import { NotConnectedError, type CameraServiceClient } from '@mediamtx-camera-service/client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useApp } from './app-context.ts';
import { explain } from './explain.ts';

/** One call; a function that stays the same, as a new one is asked anew. */
export type Ask<T> = (client: CameraServiceClient, signal: AbortSignal) => Promise<T>;

export interface AnswerOptions {
  /** Also asked after so long, for what nobody tells. */
  everyMs?: number | undefined;
  /** Asks again with what it listens to; a function that stays the same. @returns stops listening */
  follow?: ((client: CameraServiceClient, again: () => void) => () => void) | undefined;
}

export interface Answer<T> {
  value: T | undefined;
  error: string | null;
  reread: () => void;
  /** Takes what a change has answered with; an answer to what was asked before it is passed over. */
  replace: (value: T) => void;
}

/** What the service answers: asked now, and on each new connection. */
export function useAnswer<T>(ask: Ask<T>, { everyMs, follow }: AnswerOptions = {}): Answer<T> {
  const { client } = useApp();
  const [answer, setAnswer] = useState<{ value: T | undefined; error: string | null }>({
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
        const value = await ask(client, signal);
        if (!signal.aborted && before === replacements.current) setAnswer({ value, error: null });
      } catch (error) {
        // A lost connection has its own line, and the next one asks again.
        if (signal.aborted || error instanceof NotConnectedError) return;
        setAnswer(({ value }) => ({ value, error: explain(error) }));
      }
    });
    latest.current = again;
    again();
    const stops = [
      follow?.(client, again),
      client.onState(({ status }) => {
        if (status === 'open') again();
      }),
    ];
    const timer = everyMs === undefined ? undefined : setInterval(again, everyMs);
    return () => {
      controller.abort(new Error('left'));
      clearInterval(timer);
      for (const stop of stops) stop?.();
    };
  }, [ask, client, everyMs, follow]);
  const reread = useCallback(() => latest.current(), []);
  const replace = useCallback((value: T) => {
    replacements.current += 1;
    setAnswer({ value, error: null });
  }, []);
  return { ...answer, reread, replace };
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
