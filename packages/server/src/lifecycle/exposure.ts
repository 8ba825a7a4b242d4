import { isIP } from 'node:net';
import type { HealthProblem } from '../health/report.ts';
import type { Config } from '../config/schema.ts';
import { wantsTls, type Certificate } from '../http/tls.ts';

export interface ExposureFacts {
  config: Pick<Config, 'server' | 'health' | 'mediamtx' | 'security'>;
  /** Whether the service runs an own MediaMTX, which then listens where its configuration says. */
  hasOwnMediaMtx: boolean;
}

/**
 * What works and lets others listen or in: told at the start and by `get_status`. None of it is a fault, so none
 * changes the health.
 */
export function exposureWarnings({ config, hasOwnMediaMtx }: ExposureFacts): HealthProblem[] {
  const { server, health, mediamtx, security } = config;
  const warnings: HealthProblem[] = [];
  const isExposed = !isLoopback(server.host);
  if (isExposed && !wantsTls(server)) {
    warnings.push({
      component: 'server',
      reason: `the page and the API are open to other machines at ${server.host} without TLS: passwords, tokens and pictures can be read on the way; set server.tls, or put a proxy with TLS before it`,
    });
  }
  if (isExposed && security.open_reads) {
    warnings.push({
      component: 'server',
      reason: `security.open_reads is on and the API is open to other machines at ${server.host}: anybody who reaches it sees cameras and lists without login`,
    });
  }
  const rtspHost = mediamtx.host ?? server.host;
  if (hasOwnMediaMtx && !isLoopback(rtspHost)) {
    warnings.push({
      component: 'mediamtx',
      reason: `RTSP is open to other machines at ${rtspHost} and is never encrypted: its pictures and short-lived logins can be read on the way; set mediamtx.host to 127.0.0.1 where no player needs it`,
    });
  }
  if (!isLoopback(health.host)) {
    warnings.push({
      component: 'health',
      reason: `the health port is open to other machines at ${health.host}, without login and without TLS`,
    });
  }
  return warnings;
}

/** What the service's certificate lacks; it tells the log itself. */
export function certificateWarnings(certificate: Pick<Certificate, 'warning'> | undefined): HealthProblem[] {
  const reason = certificate?.warning;
  return reason === undefined ? [] : [{ component: 'server', reason }];
}

/** Whether only programs of this machine can reach an address. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  if (isIP(name) === 4) return name.startsWith('127.');
  if (isIP(name) === 6) return name === '::1' || name.startsWith('::ffff:127.');
  return name === 'localhost' || name.endsWith('.localhost');
}
