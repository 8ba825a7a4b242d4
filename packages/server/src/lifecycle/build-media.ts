import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EffectiveConfig } from '../config/load.ts';
import type { Logger } from '../log.ts';
import { HookServer } from '../mediamtx/hooks.ts';
import { MediaServer, socketDirFor } from '../mediamtx/media-server.ts';
import type { TapPool } from '../taps/tap-pool.ts';
import type { DataPaths } from './data-dir.ts';
import type { HealthMonitor } from './health-monitor.ts';
import type { ShutdownStack } from './shutdown-stack.ts';

export interface StartMediaDeps {
  config: EffectiveConfig;
  paths: DataPaths;
  taps: TapPool;
  health: HealthMonitor;
  stack: ShutdownStack;
  /** A player asks MediaMTX for a camera that isn't live. */
  onDemand: (path: string) => void;
  env: NodeJS.ProcessEnv;
  log: Logger;
}

/** MediaMTX, ours or another, with the socket on which its hooks arrive. */
export async function startMedia(deps: StartMediaDeps): Promise<MediaServer> {
  const { config, paths, taps, health, stack, onDemand, env, log } = deps;
  const fallback = mkdtempSync(join(tmpdir(), 'camera-service-'));
  const socketDir = socketDirFor(paths.run, fallback);
  if (socketDir !== fallback) rmSync(fallback, { recursive: true });
  else stack.push('sockets', () => rmSync(fallback, { recursive: true, force: true }));
  const hookSocket = join(socketDir, 'hooks.sock');
  const media: MediaServer = new MediaServer({
    config,
    recordingsDir: paths.recordings,
    runDir: paths.run,
    socketDir,
    hookSocket,
    ownPorts: () => taps.localPorts(),
    onRestart: () => health.noteMediaMtxRestart(),
    env,
    log: log.child({ part: 'mediamtx' }),
  });
  const hooks = new HookServer({
    socketPath: hookSocket,
    onHook: (hook, path) => (hook === 'probe' ? media.proveHooks() : onDemand(path)),
    log,
  });
  await hooks.start();
  stack.push('hooks', () => hooks.stop());
  stack.push('mediamtx', () => media.stop());
  await media.start();
  media.controller.onState(() => health.noteChange());
  return media;
}
