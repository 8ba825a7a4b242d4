import type { z } from 'zod';
import { AppError } from '../errors.ts';
import { describeIssue } from '../schema-issue.ts';
import { nearestName } from './nearest-name.ts';

export interface ParamProblem {
  /** Dotted path; empty for the params as a whole. */
  param: string;
  /** required, type, min, max, pattern, one_of, unknown_topic, policy, object, … */
  rule: string;
  /** What is wrong, after the param's name: `must be at least 1`. */
  problem: string;
  hint?: string;
}

/** A violated rule, also for those that a schema can't say. */
export function invalidParam({ param, rule, problem, hint = '' }: ParamProblem): AppError {
  return new AppError('invalid_params', {
    reason: rule,
    details: `${param === '' ? 'params' : param} ${problem}`,
    suggestion: hint === '' ? 'rpc.discover describes the params of every method' : hint,
    param,
    rule,
    hint,
  });
}

/** The first violated rule of a schema, in the words of the contract. */
export function invalidParams(
  issues: readonly z.core.$ZodIssue[],
  params: Record<string, unknown>,
  schema: z.ZodObject,
): AppError {
  const issue = issues[0]!;
  const param = issue.path.join('.');
  const value = valueAt(params, issue.path);
  const isMissing = value === undefined;
  const { rule, problem } = isMissing ? { rule: 'required', problem: 'is required' } : describeIssue(issue);
  return invalidParam({ param, rule, problem, hint: hintFor(issue, { params, schema, isMissing }) });
}

function hintFor(
  issue: z.core.$ZodIssue,
  { params, schema, isMissing }: { params: Record<string, unknown>; schema: z.ZodObject; isMissing: boolean },
): string {
  const name = String(issue.path[0] ?? '');
  const unknown = Object.keys(params).filter((key) => !Object.hasOwn(schema.shape, key));
  const misspelt = isMissing ? nearestName(name, unknown) : undefined;
  if (misspelt !== undefined) return `"${misspelt}" is no param; did you mean "${name}"?`;
  return (schema.shape[name] as z.ZodType | undefined)?.description ?? '';
}

function valueAt(params: unknown, path: readonly PropertyKey[]): unknown {
  let value = params;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
