export { Backoff, type BackoffOptions } from './backoff.ts';
export { CameraServiceClient, type CallArguments, type ClientOptions } from './client.ts';
export type { ConnectionState, WebSocketFactory, WebSocketLike } from './connection.ts';
export { CallTimeoutError, NotConnectedError, RpcCallError, WhepError } from './errors.ts';
export type { CallOptions } from './requests.ts';
export type { Filters, SubscribeOptions, Subscription, Topic } from './subscriptions.ts';
export { playWhep, type WhepOptions, type WhepSession, type WhepStats } from './whep.ts';
export type {
  Camera,
  Components,
  ErrorData,
  ErrorName,
  EventParams,
  HealthStatus,
  MethodName,
  NotificationName,
  NotificationParams,
  ParamsInput,
  RecordingFile,
  RecordingFormat,
  Result,
  Role,
  SnapshotFile,
  SnapshotFormat,
} from '@mediamtx-camera-service/protocol';
