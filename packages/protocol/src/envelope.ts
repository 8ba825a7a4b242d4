import { z } from 'zod';
import type { RpcError } from './errors.ts';

export const jsonRpcVersion = '2.0';
/** The WebSocket subprotocol whose clients are greeted with a `hello` notification. */
export const subprotocol = 'camera-service.v1';
/** A larger message closes the socket with 1009. */
export const maxMessageBytes = 1024 * 1024;
export const maxBatchLength = 50;
export const maxDepth = 64;

export const requestId = z.union([z.string(), z.number(), z.null()]);

export const requestEnvelope = z.object({
  jsonrpc: z.literal('2.0'),
  method: z.string(),
  params: z.unknown().optional(),
  id: requestId.optional(),
});

export type RequestId = z.infer<typeof requestId>;
export type RequestEnvelope = z.infer<typeof requestEnvelope>;

export interface ResultReply {
  jsonrpc: '2.0';
  id: RequestId;
  result: unknown;
  metadata?: ReplyMetadata;
}

export interface ErrorReply {
  jsonrpc: '2.0';
  id: RequestId;
  error: RpcError;
  metadata?: ReplyMetadata;
}

/** Only with `server.reply_metadata`. */
export interface ReplyMetadata {
  processing_time_ms: number;
  server_timestamp: string;
  request_id: string;
}

export type Reply = ResultReply | ErrorReply;

export interface NotificationEnvelope {
  jsonrpc: '2.0';
  method: string;
  params: unknown;
}
