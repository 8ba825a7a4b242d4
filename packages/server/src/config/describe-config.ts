import type { Result } from '@mediamtx-camera-service/protocol';
import { notFound } from '../errors.ts';
import { redactText } from '../redact.ts';
import { nearestName } from '../rpc/nearest-name.ts';
import { mask } from './change-rules.ts';
import { configKeys, isSecret, type ConfigKey } from './keys.ts';
import type { EffectiveConfig, Origin } from './load.ts';

export type ConfigDescription = Result<'get_config'>;

export interface DescribeOptions {
  config: EffectiveConfig;
  /** What the next start takes. */
  wanted: EffectiveConfig;
  origins: ReadonlyMap<string, Origin>;
  restartNeeded: string[];
  file: string;
  /** Only this one; throws `not_found` where there is none. */
  section?: string | undefined;
}

/** Every key with its value, null where it has none; what is secret is `***`. */
export function describeConfig({ config, wanted, section, ...rest }: DescribeOptions): ConfigDescription {
  const keys = configKeys().filter((key) => section === undefined || key.section === section);
  if (section !== undefined && keys.length === 0) throw unknownSection(section);
  const described: ConfigDescription['config'] = {};
  const sources: ConfigDescription['sources'] = {};
  for (const key of keys) {
    (described[key.section] ??= {})[key.key] = shown(key, valueOf(config, key));
    const origin = rest.origins.get(key.path);
    if (origin) sources[key.path] = origin.source;
  }
  const waiting = keys.filter(({ path }) => rest.restartNeeded.includes(path));
  return {
    config: described,
    sources,
    restart_needed: waiting.map(({ path }) => path),
    pending: Object.fromEntries(waiting.map((key) => [key.path, shown(key, valueOf(wanted, key))])),
    file: rest.file,
  };
}

export function valueOf(config: EffectiveConfig, { section, key }: ConfigKey): unknown {
  return (config as unknown as Record<string, Record<string, unknown>>)[section]?.[key];
}

function shown(key: ConfigKey, value: unknown): unknown {
  if (value === undefined) return null;
  if (isSecret(key)) return mask;
  if (typeof value === 'string') return redactText(value);
  return Array.isArray(value) ? value.map((entry: unknown) => shown(key, entry)) : value;
}

function unknownSection(section: string): Error {
  const names = [...new Set(configKeys().map((key) => key.section))];
  const near = nearestName(section, names);
  return notFound(
    'section',
    section,
    near ? `did you mean "${near}"?` : `the sections are ${names.join(', ')}`,
  );
}
