import { RpcCallError } from '@mediamtx-camera-service/client';
import { explain } from '../explain.ts';
import { settingsTexts } from './texts.ts';

/** A failed call in the words of this page, where it has any. */
export function explainHere(error: unknown): string {
  const known = error instanceof RpcCallError ? settingsTexts.reasons[error.data.reason] : undefined;
  return known ?? explain(error);
}
