import type { z } from 'zod';
import { AppError } from '../errors.ts';
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
  const { rule, problem } = isMissing ? { rule: 'required', problem: 'is required' } : describe(issue);
  return invalidParam({ param, rule, problem, hint: hintFor(issue, { params, schema, isMissing }) });
}

function describe(issue: z.core.$ZodIssue): { rule: string; problem: string } {
  switch (issue.code) {
    case 'invalid_type':
      return { rule: 'type', problem: `must be ${withArticle(issue.expected)}` };
    case 'too_small':
      return { rule: 'min', problem: `must ${sizeOf(issue.origin)} at least ${issue.minimum}` };
    case 'too_big':
      return { rule: 'max', problem: `must ${sizeOf(issue.origin)} at most ${issue.maximum}` };
    case 'invalid_format':
      return { rule: 'pattern', problem: `is not in the right form: ${issue.message}` };
    case 'invalid_value':
      return { rule: 'one_of', problem: `must be one of ${issue.values.join(', ')}` };
    case 'not_multiple_of':
      return { rule: 'multiple_of', problem: `must be a multiple of ${issue.divisor}` };
    case 'invalid_union':
      return { rule: 'type', problem: 'is of a type that is not taken here' };
    default:
      return { rule: customRule(issue.message), problem: `is refused: ${issue.message}` };
  }
}

/** Refinements of the contract say their rule by their message. */
function customRule(message: string): string {
  if (message.startsWith('unknown topic')) return 'unknown_topic';
  return message.includes('refused') ? 'policy' : 'pattern';
}

function sizeOf(origin: string): string {
  if (origin === 'string') return 'have a length of';
  return origin === 'array' ? 'have a number of entries of' : 'be';
}

function withArticle(type: string): string {
  if (type === 'int') return 'a whole number';
  if (type === 'record') return 'an object';
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
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
