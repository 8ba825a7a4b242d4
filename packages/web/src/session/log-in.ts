import type { ErrorData } from '@mediamtx-camera-service/client';
import { joinSentences } from '../format.ts';
import { texts } from '../texts.ts';

export type LoginForm = { user: string; password: string } | { token: string };

/** Why nobody was let in. */
export interface Refusal {
  text: string;
  /** After too many tries; another is of no use before. */
  retryAfterMs?: number;
}

interface LoginError {
  message: string;
  data?: ErrorData;
}

/** @returns why not, or null once the browser has its session */
export async function logIn(form: LoginForm): Promise<Refusal | null> {
  try {
    const response = await fetch('/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(form),
    });
    if (response.ok) return null;
    return refusalOf(((await response.json()) as { error: LoginError }).error);
  } catch {
    // No answer, or one that isn't the service's.
    return { text: texts.login.unreachable };
  }
}

/** Loads the page anew, with the cameras in it, at the place that its address named. */
export function enter(): void {
  history.replaceState(null, '', `/${location.hash}`);
  location.reload();
}

function refusalOf({ message, data }: LoginError): Refusal {
  const retryAfterMs = data?.['retry_after_ms'];
  if (typeof retryAfterMs === 'number') return { text: texts.login.tooMany, retryAfterMs };
  return { text: joinSentences(data ? [data.details, data.suggestion] : [message]) };
}
