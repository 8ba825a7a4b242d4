import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';
import { escapeControls, escapeControlsTwice, redactText } from './redact.ts';

export type { Logger };
export { redactText } from './redact.ts';

const descendants = new WeakMap<Logger, Set<WeakRef<Logger>>>();

export interface LogOptions {
  level: string;
  format: 'auto' | 'json' | 'pretty';
}

/**
 * The service's log on stderr; stdout is for what a person asked for. Credentials are redacted here and only here:
 * by key, and in every text that holds a URL with a user or a token.
 */
export function createLog(options: LogOptions): Logger {
  const children = new Set<WeakRef<Logger>>();
  const isPretty = options.format === 'pretty' || (options.format === 'auto' && isInTerminal());
  const stream = isPretty
    ? pretty({ destination: 2, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' })
    : pino.destination({ dest: 2, sync: true });
  const log = pino(
    {
      level: options.level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: [
          'password',
          'current_password',
          'token',
          'auth_token',
          'secret',
          'authorization',
          'cookie',
        ].flatMap((key) => [key, `*.${key}`]),
        censor: '***',
      },
      hooks: {
        streamWrite: isPretty
          ? (line) => escapeControlsTwice(redactText(line))
          : (line) => escapeControls(redactText(line)),
      },
      onChild: (child) => void children.add(new WeakRef(child)),
    },
    stream,
  );
  descendants.set(log, children);
  return log;
}

/** Sets the level of a log of {@link createLog} and of all that were made of it: each of them has a level of its own. */
export function setLogLevel(log: Logger, level: string): void {
  log.level = level;
  const children = descendants.get(log) ?? new Set();
  for (const reference of children) {
    const child = reference.deref();
    if (child) child.level = level;
    else children.delete(reference);
  }
}

/** Whether a person sees what is written, and the service goes with their terminal. */
export function isInTerminal(): boolean {
  return process.stderr.isTTY;
}
