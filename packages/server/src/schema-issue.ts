import type { z } from 'zod';

/** A violated rule of a schema: its name for programs, and words that follow the name of what violates it. */
export function describeIssue(issue: z.core.$ZodIssue): { rule: string; problem: string } {
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
    case 'invalid_key':
      return {
        rule: 'pattern',
        problem: `is refused: the name ${issue.issues[0]?.message ?? 'is not taken'}`,
      };
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
