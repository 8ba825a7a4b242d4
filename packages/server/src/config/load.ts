import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { describeIssue } from '../schema-issue.ts';
import { ConfigError } from './config-error.ts';
import { parseConfigText, readConfigText, type Tree } from './file-values.ts';
import { configKeys, environmentName, kindOf } from './keys.ts';
import { configSchema, type Config } from './schema.ts';

export interface ConfigSources {
  /** Path of the file; one that is named must exist. Default: `config.yaml` in the data directory, where there is one. */
  file?: string | undefined;
  env: NodeJS.ProcessEnv;
  /** Values of command-line options by path (`server.port`); undefined ones are passed over. */
  flags?: Record<string, unknown>;
}

export type EffectiveConfig = Config & { storage: { data_dir: string } };

export type ConfigSource = 'file' | 'environment' | 'command_line';

export interface Origin {
  source: ConfigSource;
  /** What a person looks for: the file, the variable, or `command line`. */
  name: string;
}

export interface ConfigFile {
  path: string;
  isNamed: boolean;
}

/** All sources together: the values, or the schema's complaints. */
export interface Combined {
  config: EffectiveConfig | undefined;
  issues: readonly z.core.$ZodIssue[];
  /** Where each value that is no default comes from, by path. */
  origins: Map<string, Origin>;
}

const dataDirPath = 'storage.data_dir';

/** File, then environment, then options: the later wins. Throws {@link ConfigError} with all problems together. */
export function loadConfig(sources: ConfigSources): EffectiveConfig {
  const file = configFileOf(sources);
  const text = readConfigText(file.path, { mayBeMissing: !file.isNamed });
  const values = text === undefined ? {} : parseConfigText(text, file.path);
  return configOf(combine(sources, values, file), file);
}

/** The file that the service reads and that set_config writes. */
export function configFileOf({ file, env, flags }: ConfigSources): ConfigFile {
  if (file !== undefined) return { path: resolve(file), isNamed: true };
  const told = flags?.[dataDirPath] ?? (env[environmentName(dataDirPath)] || undefined);
  const dataDir = typeof told === 'string' && told !== '' ? told : defaultDataDir(env);
  return { path: resolve(dataDir, 'config.yaml'), isNamed: false };
}

export function combine(sources: ConfigSources, fileValues: Tree, file: ConfigFile): Combined {
  const values: Tree = { ...fileValues };
  const origins = new Map<string, Origin>();
  for (const { section, key, path } of configKeys()) {
    const value = valueIn(fileValues[section], key);
    if (value !== undefined) origins.set(path, { source: 'file', name: file.path });
  }
  for (const [path, value] of environmentValues(sources.env)) {
    setPath(values, path, value);
    origins.set(path, { source: 'environment', name: environmentName(path) });
  }
  for (const [path, value] of Object.entries(sources.flags ?? {})) {
    if (value === undefined) continue;
    setPath(values, path, value);
    origins.set(path, { source: 'command_line', name: 'command line' });
  }
  const { data, error } = configSchema.safeParse(values);
  const dataDir = resolve(data?.storage.data_dir ?? defaultDataDir(sources.env));
  const config = data && { ...data, storage: { ...data.storage, data_dir: dataDir } };
  return { config, issues: [...misplacedDataDir(fileValues, file), ...(error?.issues ?? [])], origins };
}

/** Throws {@link ConfigError} where the sources are not all in order. */
export function configOf({ config, issues, origins }: Combined, file: ConfigFile): EffectiveConfig {
  if (issues.length > 0 || !config)
    throw new ConfigError(issues.flatMap((issue) => tellIssue(issue, { origins, file })));
  return config;
}

export function defaultDataDir(env: NodeJS.ProcessEnv): string {
  if (env['STATE_DIRECTORY']) return env['STATE_DIRECTORY'].split(':')[0]!;
  return join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'camera-service');
}

/** One line for each mistake: where it stands, what is wrong, and where the value comes from. */
export function tellIssue(
  issue: z.core.$ZodIssue,
  { origins, file }: { origins: Map<string, Origin>; file: ConfigFile },
): string[] {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${path ? `${path}.` : ''}${key}: there is no such key`);
  }
  const origin = origins.get(issue.path.slice(0, 2).join('.'));
  const from = origin && origin.name !== file.path ? ` (from ${origin.name})` : '';
  return [`${path || 'configuration'}: ${describeIssue(issue).problem}${from}`];
}

/** A file that is looked for in the data directory can't say where the data directory is. */
function misplacedDataDir(values: Tree, { path, isNamed }: ConfigFile): z.core.$ZodIssue[] {
  if (isNamed || valueIn(values['storage'], 'data_dir') === undefined) return [];
  const message = `${path} is itself looked for in the data directory; name that by --data-dir, by ${environmentName(dataDirPath)}, or in a file that --config names`;
  return [{ code: 'custom', path: ['storage', 'data_dir'], message, input: undefined }];
}

const otherVariables = /^CAMERA_SERVICE_(OWNER|MEDIAMTX_INSTALL|TEST_.*)$/;

/** Names of variables that look like keys and are none: mistyped, or of another version. */
export function strayVariables(env: NodeJS.ProcessEnv): string[] {
  const known = new Set(configKeys().map(({ path }) => environmentName(path)));
  return Object.keys(env)
    .filter((name) => name.startsWith('CAMERA_SERVICE_') && !known.has(name) && !otherVariables.test(name))
    .sort();
}

function environmentValues(env: NodeJS.ProcessEnv): [path: string, value: unknown][] {
  return configKeys().flatMap(({ path, schema }) => {
    const text = env[environmentName(path)];
    return text === undefined || text === '' ? [] : [[path, parseText(text, schema)] as [string, unknown]];
  });
}

/** By the kind of the key: secrets and names may look like numbers and must stay texts; lists have commas. */
function parseText(text: string, schema: z.ZodType): unknown {
  const kind = kindOf(schema);
  if (kind === 'string') return text;
  if (kind === 'array') return text.split(',').map((part) => part.trim());
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  return text;
}

function valueIn(section: unknown, key: string): unknown {
  return typeof section === 'object' && section !== null ? (section as Tree)[key] : undefined;
}

function setPath(tree: Tree, path: string, value: unknown): void {
  const [section, key] = path.split('.') as [string, string];
  const present = tree[section];
  // A section that is not an object is a mistake of the file; the schema tells it.
  if (present !== undefined && (typeof present !== 'object' || present === null)) return;
  tree[section] = { ...present, [key]: value };
}
