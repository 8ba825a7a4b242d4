import type { RpcError } from '@mediamtx-camera-service/protocol';
import type { AppError } from '../errors.ts';
import { noId } from './envelope.ts';

/** What a reply says of its call. */
export interface RepliedCall {
  /** As the request wrote it; undefined where it has none that can be read. */
  idText: string | undefined;
  /** No `id` member: nothing is replied. */
  isNotification: boolean;
  requestId: string;
  /** Epoch milliseconds. */
  startedAt: number;
}

export interface ReplyWriterDeps {
  now: () => number;
  /** Read at each reply: whether it has a `metadata` member. */
  replyMetadata: () => boolean;
}

/** The text of a reply, with the request's own spelling of its id; undefined where none is sent. */
export class ReplyWriter {
  readonly #deps: ReplyWriterDeps;

  constructor(deps: ReplyWriterDeps) {
    this.#deps = deps;
  }

  /** Throws where the result can't be written. */
  result(call: RepliedCall, result: unknown): string | undefined {
    const text = JSON.stringify(result) ?? 'null';
    if (call.idText === undefined) return undefined;
    return `{"jsonrpc":"2.0","id":${call.idText},"result":${text}${this.#metadata(call)}}`;
  }

  error(call: RepliedCall, error: AppError): string | undefined {
    // What breaks the envelope is answered, since it is no notification either.
    if (call.isNotification && error.errorName !== 'invalid_request') return undefined;
    const body = JSON.stringify(error.toRpcError() satisfies RpcError);
    return `{"jsonrpc":"2.0","id":${call.idText ?? noId},"error":${body}${this.#metadata(call)}}`;
  }

  #metadata({ startedAt, requestId }: RepliedCall): string {
    if (!this.#deps.replyMetadata()) return '';
    const now = this.#deps.now();
    const metadata = {
      processing_time_ms: Math.max(0, now - startedAt),
      server_timestamp: new Date(now).toISOString(),
      request_id: requestId,
    };
    return `,"metadata":${JSON.stringify(metadata)}`;
  }
}
