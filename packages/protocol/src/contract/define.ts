import { z } from 'zod';
import type { ErrorName } from '../errors.ts';
import type { RequiredRole } from '../roles.ts';

export interface MethodDefinition<P extends z.ZodObject = z.ZodObject, R extends z.ZodType = z.ZodType> {
  version: '1.0';
  role: RequiredRole;
  /** One line for lists. */
  summary: string;
  /** What the summary leaves out: order, waiting, side effects. */
  description?: string;
  params: P;
  result: R;
  /** Errors beyond those that any call can meet (envelope, login, role, params, limits, internal). */
  errors: readonly ErrorName[];
  /** Reading only: `security.open_reads` lets it pass without login. */
  isRead: boolean;
  deprecated?: string;
}

export interface NotificationDefinition<P extends z.ZodType = z.ZodType> {
  summary: string;
  params: P;
}

interface MethodInput<P extends z.ZodObject, R extends z.ZodType> {
  role: RequiredRole;
  summary: string;
  description?: string;
  params?: P;
  result: R;
  errors?: readonly ErrorName[];
  isRead?: boolean;
  deprecated?: string;
}

/** One entry of the contract: types, validation, documentation and the client's method all come from it. */
export function method<R extends z.ZodType, P extends z.ZodObject = z.ZodObject<Record<never, never>>>(
  input: MethodInput<P, R>,
): MethodDefinition<P, R> {
  const {
    params = z.object({}) as unknown as P,
    errors = [],
    isRead = input.role === 'viewer',
    ...rest
  } = input;
  return { version: '1.0', ...rest, params, errors, isRead };
}

export function notification<P extends z.ZodType>(
  input: NotificationDefinition<P>,
): NotificationDefinition<P> {
  return input;
}
