/** The exit code for a configuration that can't be used (EX_CONFIG of sysexits). */
export const configExitCode = 78;

/** Every mistake of a configuration at once, each with where it stands and what is wrong. */
export class ConfigError extends Error {
  readonly problems: string[];

  constructor(problems: string[]) {
    super(`the configuration has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}
