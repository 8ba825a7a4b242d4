import { CallTimeoutError, NotConnectedError, RpcCallError } from '@mediamtx-camera-service/client';
import { joinSentences } from './format.ts';
import { texts } from './texts.ts';

/** What is wrong with the value of one field; its label says already which. */
export function explainField(error: unknown): string {
  if (!(error instanceof RpcCallError) || error.errorName !== 'invalid_params') return explain(error);
  const { details, param, hint } = error.data;
  const problem = typeof param === 'string' ? details.replace(`${param} `, '') : details;
  return joinSentences([problem, typeof hint === 'string' ? hint : undefined]);
}

/** A failed call in words for a person: what is wrong, and what to do. */
export function explain(error: unknown): string {
  if (error instanceof RpcCallError) {
    // What is suggested there is for programs.
    if (error.errorName === 'invalid_params') return joinSentences([error.data.details]);
    return joinSentences([error.data.details, error.data.suggestion]);
  }
  if (error instanceof NotConnectedError) return texts.failures.notConnected;
  if (error instanceof CallTimeoutError) return texts.failures.noAnswer;
  return texts.failures.unknown;
}
