import {
  errorCatalog,
  type ErrorData,
  type ErrorName,
  type RpcError,
} from '@mediamtx-camera-service/protocol';
import { redactText } from './redact.ts';

export type AppErrorData = Partial<ErrorData> & { reason: string };

/**
 * A failure that a caller is told: its name in the contract's catalogue, and `data` that says what (`reason`, a word
 * for programs), which (`details`, a sentence) and what to do next (`suggestion`).
 */
export class AppError extends Error {
  readonly errorName: ErrorName;
  readonly data: ErrorData;

  constructor(errorName: ErrorName, data: AppErrorData, options?: { cause?: unknown }) {
    const details = data.details ?? data.reason;
    super(`${errorCatalog[errorName].prefix}: ${details}`, options);
    this.name = 'AppError';
    this.errorName = errorName;
    const { suggestion: general, data: fields } = errorCatalog[errorName];
    const suggestion = data.suggestion || general;
    this.data = { ...data, details, suggestion };
    // Clients look for a hint where the catalogue promises one, so there is always one to read.
    if ((fields as readonly string[]).includes('hint')) this.data['hint'] = data['hint'] || suggestion;
  }

  get code(): number {
    return errorCatalog[this.errorName].code;
  }

  /** As a client is told it: what it quotes may hold credentials of a source or a program. */
  toRpcError(): RpcError {
    const { code, message, data } = this;
    return JSON.parse(redactText(JSON.stringify({ code, message, data }))) as RpcError;
  }
}

/** What anything that was thrown says, without its stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node system error (`ENOSPC`, `ENOENT`, …). */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

export function notFound(resource: string, id: string, suggestion = ''): AppError {
  const details = `${resource} ${id}`;
  return new AppError('not_found', { reason: `${resource}_not_found`, resource, id, details, suggestion });
}
