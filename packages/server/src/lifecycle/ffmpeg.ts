import type { Logger } from 'pino';
import type { Config } from '../config/schema.ts';
import { AppError, messageOf } from '../errors.ts';
import { chooseFfmpeg, findFfmpegs } from '../install/ffmpeg.mjs';

export interface FfmpegDeps {
  config: Pick<Config, 'capture' | 'snapshots'>;
  env: NodeJS.ProcessEnv;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** Which ffmpeg is used: one for capture, one for short runs. While there is none, it is looked for again when asked. */
export class Ffmpeg {
  readonly #deps: FfmpegDeps;
  #choice: { capture: { path: string }; short: { path: string } } | undefined;
  #problem: string | undefined;
  #looking: Promise<void> | undefined;

  constructor(deps: FfmpegDeps) {
    this.#deps = deps;
  }

  /** Why there is none, with the remedy. */
  get problem(): string | undefined {
    return this.#choice ? undefined : (this.#problem ?? 'ffmpeg is being looked for');
  }

  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Throws `dependency_failed` while there is none. */
  get capture(): string {
    return this.#chosen().capture.path;
  }

  /** For snapshots and for closing recordings; throws `dependency_failed` while there is none. */
  get short(): string {
    return this.#chosen().short.path;
  }

  #chosen() {
    if (this.#choice) return this.#choice;
    void this.look();
    const detail = this.problem ?? '';
    throw new AppError('dependency_failed', {
      reason: 'ffmpeg_missing',
      dependency: 'ffmpeg',
      detail,
      details: detail,
      suggestion: '`npm start` installs it; or install the package ffmpeg, or set capture.ffmpeg.',
    });
  }

  async #look(): Promise<void> {
    const { config, env, log } = this.#deps;
    const { ffmpeg: capture } = config.capture;
    const { ffmpeg: short } = config.snapshots;
    const configured = { ...(capture !== undefined && { capture }), ...(short !== undefined && { short }) };
    try {
      this.#choice = chooseFfmpeg(await findFfmpegs({ configured, env }));
      this.#problem = this.#choice ? undefined : 'ffmpeg is not installed: `npm start` installs it';
    } catch (error) {
      this.#problem = messageOf(error);
    }
    if (this.#choice)
      log.info({ capture: this.#choice.capture.path, short: this.#choice.short.path }, 'ffmpeg was found');
    else log.error({ reason: this.#problem }, 'there is no ffmpeg');
  }
}
