import { AsyncLocalStorage } from 'node:async_hooks';

/** One message of a client and the reply to it. */
export interface Exchange {
  /** Whose; undefined once the reply is out, so that work in the background keeps no session alive. */
  session: object | undefined;
}

/**
 * The exchange in whose course code runs, across awaits. A notification to the same session waits until its reply is
 * out; what a call leaves running in the background sends at once after that.
 */
export const currentExchange = new AsyncLocalStorage<Exchange>();
