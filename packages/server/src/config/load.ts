import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { messageOf } from '../errors.ts';
import { describeIssue } from '../schema-issue.ts';
import { configSchema, type Config } from './schema.ts';

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

export interface ConfigSources {
  /** Path of `config.yaml`; one that is named must exist. */
  file?: string | undefined;
  env: NodeJS.ProcessEnv;
  /** Values of command-line options by path (`server.port`); undefined ones are passed over. */
  flags?: Record<string, unknown>;
}

export type EffectiveConfig = Config & { storage: { data_dir: string } };

type Tree = Record<string, unknown>;

/** File, then environment, then options: the later wins. Throws {@link ConfigError} with all problems together. */
export function loadConfig(sources: ConfigSources): EffectiveConfig {
  const { env } = sources;
  const values = sources.file === undefined ? {} : readConfigFile(sources.file);
  const origins = new Map<string, string>();
  for (const [path, text] of environmentValues(env)) {
    setPath(values, path, parseScalar(text, path));
    origins.set(path, environmentName(path));
  }
  for (const [path, value] of Object.entries(sources.flags ?? {})) {
    if (value === undefined) continue;
    setPath(values, path, value);
    origins.set(path, 'command line');
  }
  const parsed = configSchema.safeParse(values);
  if (!parsed.success)
    throw new ConfigError(parsed.error.issues.flatMap((issue) => tellIssue(issue, origins)));
  const config = parsed.data;
  const dataDir = resolve(config.storage.data_dir ?? defaultDataDir(env));
  return { ...config, storage: { ...config.storage, data_dir: dataDir } };
}

export function defaultDataDir(env: NodeJS.ProcessEnv): string {
  if (env['STATE_DIRECTORY']) return env['STATE_DIRECTORY'].split(':')[0]!;
  return join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'camera-service');
}

/** Every key of the schema by its path, for the environment's names and for the documentation. */
export function configKeys(): { path: string; schema: z.ZodType }[] {
  return Object.entries(unwrap(configSchema).shape).flatMap(([section, sectionSchema]) =>
    Object.entries(unwrap(sectionSchema as z.ZodType).shape).map(([key, schema]) => ({
      path: `${section}.${key}`,
      schema: schema as z.ZodType,
    })),
  );
}

export function environmentName(path: string): string {
  // The JWT secret's name is fixed by the contract.
  if (path === 'security.jwt_secret') return 'CAMERA_SERVICE_JWT_SECRET';
  return `CAMERA_SERVICE_${path.replace('.', '_').toUpperCase()}`;
}

function unwrap(schema: z.ZodType): z.ZodObject {
  return (schema instanceof z.ZodPrefault ? schema.unwrap() : schema) as z.ZodObject;
}

function readConfigFile(file: string): Tree {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError([`${file}: can't be read: ${messageOf(error)}`]);
  }
  const document = parseDocument(text);
  if (document.errors.length > 0)
    throw new ConfigError(document.errors.map((error) => `${file}: ${error.message}`));
  const value: unknown = document.toJS() ?? {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigError([`${file}: must hold sections, such as "server:"`]);
  }
  // An empty section (`server:`) reads as null and means its defaults.
  return Object.fromEntries(Object.entries(value).filter(([, section]) => section !== null));
}

function environmentValues(env: NodeJS.ProcessEnv): [path: string, text: string][] {
  return configKeys().flatMap(({ path }) => {
    const text = env[environmentName(path)];
    return text === undefined || text === '' ? [] : [[path, text] as [string, string]];
  });
}

/** Written with commas in the environment. */
const listKeys: ReadonlySet<string> = new Set([
  'server.allowed_hosts',
  'server.allowed_origins',
  'camera.ignore',
]);

function parseScalar(text: string, path: string): unknown {
  if (listKeys.has(path)) return text.split(',').map((part) => part.trim());
  // Secrets and names may look like numbers and must stay texts.
  if (/(password|username|secret)$/.test(path)) return text;
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  return text;
}

function setPath(tree: Tree, path: string, value: unknown): void {
  const [section, key] = path.split('.') as [string, string];
  const present = tree[section];
  // A section that is not an object is a mistake of the file; the schema tells it.
  if (present !== undefined && (typeof present !== 'object' || present === null)) return;
  tree[section] = { ...present, [key]: value };
}

function tellIssue(issue: z.core.$ZodIssue, origins: Map<string, string>): string[] {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${path ? `${path}.` : ''}${key}: there is no such key`);
  }
  const origin = origins.get(path);
  return [`${path || 'configuration'}: ${describeIssue(issue).problem}${origin ? ` (from ${origin})` : ''}`];
}
