import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';

export type { Logger };

export interface LogOptions {
  level: string;
  format: 'auto' | 'json' | 'pretty';
}

/**
 * The service's log on stderr; stdout is for what a person asked for. Credentials are redacted here and only here:
 * by key, and in every text that holds a URL with a user or a token.
 */
export function createLog(options: LogOptions): Logger {
  const isPretty = options.format === 'pretty' || (options.format === 'auto' && process.stderr.isTTY);
  const stream = isPretty
    ? pretty({ destination: 2, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' })
    : pino.destination({ dest: 2, sync: true });
  return pino(
    {
      level: options.level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: ['password', 'token', 'auth_token', 'secret', 'authorization', 'cookie'].flatMap((key) => [
          key,
          `*.${key}`,
        ]),
        censor: '***',
      },
      hooks: {
        streamWrite: redactText,
      },
    },
    stream,
  );
}

/** Takes user and password out of URLs, and tokens out of queries and headers, wherever they stand in a text. */
export function redactText(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, '$1***@')
    .replace(/([?&](?:token|jwt|sig|code|auth_token|password)=)[^&\s"']+/gi, '$1***')
    .replace(/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+/g, '$1 ***')
    .replace(/\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, '***');
}
