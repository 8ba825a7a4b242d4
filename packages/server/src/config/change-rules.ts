import type { z } from 'zod';
import { AppError } from '../errors.ts';
import { invalidParam } from '../rpc/invalid-params.ts';
import { nearestName } from '../rpc/nearest-name.ts';
import { describeIssue } from '../schema-issue.ts';
import type { Changes } from './edit-text.ts';
import { configKeys, isProgram, isSecret, signsTokens, type ConfigKey } from './keys.ts';
import type { Origin } from './load.ts';

/** What get_config shows in place of a secret. */
export const mask = '***';

/** Throws where a key is unknown, not for a caller of the API, or set by what stands above the file. */
export function checkChanges(changes: Changes, origins: ReadonlyMap<string, Origin>): void {
  const keys = configKeys();
  for (const [path, value] of Object.entries(changes)) {
    const key = keys.find((known) => known.path === path);
    if (!key) throw unknownKey(path, keys);
    const origin = origins.get(path);
    if (origin && origin.source !== 'file') throw overridden(path, origin.name);
    if (isProgram(key)) throw fileOnly(path, 'names a program of this machine');
    if (signsTokens(key)) throw fileOnly(path, 'is what tokens are signed with');
    if (isMasked(key, value)) throw maskRefused(path);
  }
}

/** A value that its key's schema, or the configuration as a whole, does not take. */
export function valueRefused(issue: z.core.$ZodIssue): AppError {
  const { rule, problem } = describeIssue(issue);
  return invalidParam({
    param: `changes.${issue.path.join('.')}`,
    rule,
    problem,
    hint: 'the reference of the configuration tells what each key takes',
  });
}

function unknownKey(path: string, keys: ConfigKey[]): AppError {
  const near = nearestName(
    path,
    keys.map((key) => key.path),
  );
  return invalidParam({
    param: `changes.${path}`,
    rule: 'unknown_key',
    problem: 'is no key of the configuration',
    hint: near ? `did you mean "${near}"?` : 'get_config lists every key',
  });
}

function overridden(path: string, name: string): AppError {
  return new AppError('invalid_state', {
    reason: 'overridden',
    state: 'overridden',
    allowed_states: ['file', 'default'],
    details: `${path} is set by ${name === 'command line' ? 'the command line' : name}, which stands above the file`,
    suggestion: `Start the service without it, or change it there.`,
  });
}

function fileOnly(path: string, why: string): AppError {
  return new AppError('invalid_state', {
    reason: 'file_only',
    state: 'file_only',
    allowed_states: [],
    details: `${path} ${why}, which no call may choose`,
    suggestion: 'Change it in the file itself, in the environment or on the command line.',
  });
}

/** A configuration that was read, changed at one place and sent back as a whole. */
function isMasked(key: ConfigKey, value: unknown): boolean {
  return typeof value === 'string' && ((isSecret(key) && value === mask) || value.includes(`//${mask}@`));
}

function maskRefused(path: string): AppError {
  return invalidParam({
    param: `changes.${path}`,
    rule: 'policy',
    problem: `is ${mask}, which get_config shows in place of a secret`,
    hint: 'leave the key out to keep its value',
  });
}
