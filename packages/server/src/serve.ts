import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { ConfigError, configExitCode } from './config/config-error.ts';
import { ConfigKeeper } from './config/config-keeper.ts';
import { finishRestore } from './backup/restore-plan.ts';
import { defaultDataDir, strayVariables, type ConfigSources } from './config/load.ts';
import { messageOf } from './errors.ts';
import { DataDirError } from './lifecycle/data-dir.ts';
import { createLog, isInTerminal, type Logger } from './log.ts';
import type { ServiceAddresses } from './service-manager.ts';
import { remedyFor } from './store/remedies.ts';
import { serviceVersion } from './version.ts';

export interface ServeOptions {
  configFile?: string | undefined;
  /** Written when everything answers, removed at the end. */
  readyFile?: string | undefined;
  /** Configuration by path (`server.port`), as the command line has it. */
  flags: Record<string, unknown>;
  env: NodeJS.ProcessEnv;
  /** What the person who started it reads. */
  print: (text: string) => void;
}

const failedExitCode = 1;
// One Ctrl-C arrives twice where npm passes on what the terminal sent already.
const repeatMs = 1_000;

/** Runs the service until a signal ends it; resolves with the exit code. */
export async function serve(options: ServeOptions): Promise<number> {
  let keeper: ConfigKeeper;
  try {
    keeper = loadKeeper({ file: options.configFile, env: options.env, flags: options.flags });
  } catch (error) {
    if (error instanceof DataDirError) {
      process.stderr.write(`camera-service: ${error.message}\n`);
      return failedExitCode;
    }
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(
      `camera-service: ${error.message}:\n${error.problems.map((line) => `  - ${line}\n`).join('')}`,
    );
    return configExitCode;
  }
  const config = keeper.effective;
  const log = createLog(config.logging);
  tellStray(options.env, log);
  // Loaded here, so that commands which only make a token don't load the whole service.
  const { ServiceManager } = await import('./service-manager.ts');
  const manager = new ServiceManager({ config, keeper, env: options.env, log });
  const ended = untilSignalled();
  const starting = manager.start();
  try {
    await Promise.race([starting, ended]);
  } catch (error) {
    log.debug({ err: error }, 'the service could not start');
    process.stderr.write(`camera-service: ${withRemedy(error)}\n`);
    return failedExitCode;
  }
  if (!manager.isRunning) {
    // A start that is cut off by a signal ends with what it has begun stopped again.
    starting.catch((error: unknown) => log.debug({ err: error }, 'the start was cut off'));
    await manager.stop();
    return 0;
  }
  const addresses = manager.addresses();
  options.print(welcome(addresses, manager.loginUrl()));
  if (!tellReady(options.readyFile, addresses)) {
    await manager.stop();
    return failedExitCode;
  }
  const signal = await ended;
  log.info({ signal }, 'the service stops');
  if (options.readyFile !== undefined) rmSync(options.readyFile, { force: true });
  await manager.stop();
  return 0;
}

function withRemedy(error: unknown): string {
  const message = messageOf(error);
  const remedy = remedyFor(error);
  return remedy === undefined || message.includes(remedy) ? message : `${message}: ${remedy}`;
}

/** A restore that was cut off is carried out first; it may bring another configuration. */
function loadKeeper(sources: ConfigSources): ConfigKeeper {
  const keeper = new ConfigKeeper(sources);
  return finishRestore(keeper.effective.storage.data_dir) ? new ConfigKeeper(sources) : keeper;
}

/** Resolves at the first SIGTERM or SIGINT; a second one, a second later or more, ends the process at once. */
function untilSignalled(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (firstAt !== undefined && performance.now() - firstAt > repeatMs) process.exit(130);
      firstAt ??= performance.now();
      resolve(signal);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
    // A terminal that is closed; elsewhere SIGHUP says to read the configuration again.
    if (isInTerminal()) process.on('SIGHUP', onSignal);
  });
}

function tellStray(env: NodeJS.ProcessEnv, log: Logger): void {
  for (const variable of strayVariables(env))
    log.warn({ variable }, 'an environment variable names no key of the configuration and is passed over');
}

/** Whether it could be told: whoever waits for a file that never comes would wait for ever. */
function tellReady(path: string | undefined, addresses: ServiceAddresses): boolean {
  try {
    if (path !== undefined) writeReadyFile(path, addresses);
    return true;
  } catch (error) {
    process.stderr.write(`camera-service: the ready file can't be written: ${messageOf(error)}\n`);
    return false;
  }
}

/** Whoever waits for the file finds it whole. */
function writeReadyFile(path: string, addresses: ServiceAddresses): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(addresses, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, path);
}

function welcome(addresses: ServiceAddresses, loginUrl: string): string {
  const { mediamtx } = addresses;
  const dataDirOption =
    addresses.data_dir === defaultDataDir(process.env) ? '' : ` --data-dir ${addresses.data_dir}`;
  const media = mediamtx.version ? `${mediamtx.version}, ${mediamtx.mode}` : 'not available; see the log';
  return [
    '',
    `  MediaMTX Camera Service ${serviceVersion}`,
    '',
    `  Page       ${loginUrl}`,
    '             (the link logs in once, within 10 minutes)',
    `  Token      npx camera-service token create --role operator${dataDirOption}`,
    `  API        ${addresses.ws_url}`,
    `  RTSP       ${addresses.rtsp_url}cameraN`,
    ...certificateLines(addresses),
    `  Health     ${addresses.health_url}`,
    `  Data       ${addresses.data_dir}`,
    `  MediaMTX   ${media}`,
    '',
    '  Ctrl-C stops it.',
    '',
    '',
  ].join('\n');
}

/** What a person compares with what the browser shows before trusting a certificate that nobody else vouches for. */
function certificateLines({ tls }: ServiceAddresses): string[] {
  if (!tls?.self_signed) return [];
  return [
    `  TLS        self-signed certificate, SHA-256 ${tls.fingerprint.slice(0, 47)}`,
    `             ${tls.fingerprint.slice(48)}`,
  ];
}
