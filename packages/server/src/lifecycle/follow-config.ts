import type { ConfigKeeper } from '../config/config-keeper.ts';
import type { EventLog } from '../events/event-log.ts';
import { messageOf } from '../errors.ts';
import { setLogLevel, type Logger } from '../log.ts';
import type { CameraParts } from './build-cameras.ts';

export interface FollowConfigDeps extends Pick<CameraParts, 'cameras' | 'cleaner' | 'renewPath'> {
  keeper: Pick<ConfigKeeper, 'effective' | 'onChange'>;
  events: Pick<EventLog, 'append'>;
  log: Logger;
}

/** Does what a changed key needs beyond being read anew, and tells of the change. Returns what ends it. */
export function followConfig(deps: FollowConfigDeps): () => void {
  const { keeper, cameras, cleaner, events, log } = deps;
  return keeper.onChange((applied, restartNeeded) => {
    const isAnyOf = (...paths: string[]): boolean => paths.some((path) => applied.includes(path));
    if (isAnyOf('logging.level')) setLogLevel(log, keeper.effective.logging.level);
    if (isAnyOf('capture.resolution', 'capture.fps', 'camera.mode'))
      for (const camera of cameras.list()) camera.configure(camera.row);
    if (isAnyOf('capture.bitrate')) restartCaptures(deps);
    if (isAnyOf('recording.part_duration', 'recording.segment_duration')) renewPaths(deps);
    if (applied.some((path) => path.startsWith('retention_policy.'))) cleaner.schedule();
    log.info({ applied, restart_needed: restartNeeded }, 'the configuration was changed');
    events.append('system.config', { applied, restart_needed: restartNeeded });
  });
}

/** An encoder takes its bitrate when it starts. */
function restartCaptures({ cameras }: FollowConfigDeps): void {
  for (const camera of cameras.list())
    if (camera.row.settings.bitrate === null) void camera.capture.restart();
}

/** What is written next to a recording's file is MediaMTX's to know; neither viewers nor recordings are cut. */
function renewPaths({ cameras, renewPath, log }: FollowConfigDeps): void {
  for (const camera of cameras.list())
    renewPath(camera).catch((error: unknown) =>
      log.debug({ reason: messageOf(error) }, 'a path waits for MediaMTX'),
    );
}
