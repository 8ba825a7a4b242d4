import type { z } from 'zod';
import {
  camera_status_update,
  cameraMethods,
  type camera,
  type cameraReason,
  type cameraState,
} from './contract/camera.ts';
import { accessMethods, type apiKey, type auditEntry, type session } from './contract/access.ts';
import { configurationMethods } from './contract/configuration.ts';
import { event, eventMethods } from './contract/event.ts';
import { storageMethods, type retentionPolicy } from './contract/storage.ts';
import {
  recording_status_update,
  recordingMethods,
  type recordingFile,
  type recordingFormat,
} from './contract/recording.ts';
import { sessionMethods } from './contract/session.ts';
import type { cameraSettings, captureMode } from './contract/camera-settings.ts';
import { settingsMethods, type cameraControl } from './contract/settings.ts';
import { snapshotMethods, type snapshotFile, type snapshotFormat } from './contract/snapshot.ts';
import { streamMethods } from './contract/stream.ts';
import {
  type components,
  type healthStatus,
  hello,
  system_health_update,
  systemMethods,
} from './contract/system.ts';

/** Every method by its namespace; a namespace is one page of the reference. */
export const namespaces = {
  session: sessionMethods,
  camera: cameraMethods,
  settings: settingsMethods,
  snapshot: snapshotMethods,
  recording: recordingMethods,
  stream: streamMethods,
  event: eventMethods,
  storage: storageMethods,
  access: accessMethods,
  configuration: configurationMethods,
  system: systemMethods,
} as const;

export const methods = {
  ...sessionMethods,
  ...cameraMethods,
  ...settingsMethods,
  ...snapshotMethods,
  ...recordingMethods,
  ...streamMethods,
  ...eventMethods,
  ...storageMethods,
  ...accessMethods,
  ...configurationMethods,
  ...systemMethods,
} as const;

export const notifications = {
  hello,
  camera_status_update,
  recording_status_update,
  system_health_update,
  event,
} as const;

export type MethodName = keyof typeof methods;
export type NotificationName = keyof typeof notifications;

/** Params as a caller writes them: defaults may be left out. */
export type ParamsInput<M extends MethodName> = z.input<(typeof methods)[M]['params']>;
/** Params as a handler gets them: validated, with defaults. */
export type Params<M extends MethodName> = z.output<(typeof methods)[M]['params']>;
export type Result<M extends MethodName> = z.output<(typeof methods)[M]['result']>;
export type NotificationParams<N extends NotificationName> = z.output<(typeof notifications)[N]['params']>;

export type Camera = z.infer<typeof camera>;
export type CameraState = z.infer<typeof cameraState>;
export type CameraReason = z.infer<typeof cameraReason>;
export type CaptureMode = z.infer<typeof captureMode>;
export type CameraSettings = z.infer<typeof cameraSettings>;
export type CameraControl = z.infer<typeof cameraControl>;
export type RecordingFile = z.infer<typeof recordingFile>;
export type SnapshotFile = z.infer<typeof snapshotFile>;
export type RecordingFormat = z.infer<typeof recordingFormat>;
export type SnapshotFormat = z.infer<typeof snapshotFormat>;
export type ApiKey = z.infer<typeof apiKey>;
export type AuditEntry = z.infer<typeof auditEntry>;
export type SessionInfo = z.infer<typeof session>;
export type RetentionPolicy = z.infer<typeof retentionPolicy>;
export type HealthStatus = z.infer<typeof healthStatus>;
export type Components = z.infer<typeof components>;

export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(methods, name);
}
