import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { maxMessageBytes, type ErrorName, type RpcError } from '@mediamtx-camera-service/protocol';
import { AppError, messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import { toldOfStorage, type StorageFacts } from '../store/storage-error.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The error that it was answered with. */
    failure: AppError | undefined;
  }
}

const httpStatus: Record<ErrorName, number> = {
  parse_error: 400,
  invalid_request: 400,
  method_not_found: 404,
  invalid_params: 400,
  internal_error: 500,
  authentication_failed: 401,
  permission_denied: 403,
  not_found: 404,
  invalid_state: 409,
  unsupported: 501,
  rate_limited: 429,
  dependency_failed: 503,
  insufficient_storage: 507,
};

/** An error of the catalogue that HTTP tells by a more exact status than the catalogue's own. */
export class HttpError extends AppError {
  readonly statusCode: number;

  constructor(statusCode: number, ...args: ConstructorParameters<typeof AppError>) {
    super(...args);
    this.statusCode = statusCode;
  }
}

/** Every error over HTTP is `{"error": {code, message, data}}`. */
export interface ErrorBody {
  error: RpcError;
}

/**
 * The error handler of a fastify instance: nothing but the catalogue's errors ever reaches a client. `storage`: what a
 * full disk is told with.
 */
export function createErrorHandler(log: Logger, storage?: StorageFacts) {
  return (error: FastifyError | AppError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const met = toldOfStorage(error, storage);
    const told = met instanceof AppError ? met : toAppError(met, request.id);
    request.failure = told;
    if (told.errorName === 'internal_error') {
      log.error({ err: error, request_id: request.id, method: request.method }, 'request failed');
    }
    return sendError(reply, told);
  };
}

export function sendError(reply: FastifyReply, error: AppError): FastifyReply {
  const retryAfterMs = error.data['retry_after_ms'];
  if (typeof retryAfterMs === 'number') reply.header('retry-after', Math.ceil(retryAfterMs / 1000));
  // A route may have begun to describe a file before it failed.
  reply.removeHeader('content-disposition');
  const body: ErrorBody = { error: error.toRpcError() };
  return reply
    .code(statusOf(error))
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(body);
}

export function statusOf(error: AppError): number {
  return error instanceof HttpError ? error.statusCode : httpStatus[error.errorName];
}

function toAppError(error: FastifyError, requestId: string): AppError {
  const status = error.statusCode ?? 500;
  if (status === 413) return tooLarge();
  if (status >= 400 && status < 500) {
    const reason = error.code?.toLowerCase() ?? 'invalid_request';
    return new HttpError(status, 'invalid_request', { reason, details: messageOf(error) });
  }
  return new AppError('internal_error', {
    reason: 'internal_error',
    details: 'the service failed; its log has it under the request id',
    request_id: requestId,
  });
}

function tooLarge(): HttpError {
  return new HttpError(413, 'invalid_request', {
    reason: 'too_large',
    details: `the body is larger than ${maxMessageBytes} bytes`,
    suggestion: 'send less at once',
  });
}
