import { z } from 'zod';
import { camera } from './camera.ts';
import {
  cameraSettings,
  captureMode,
  encoderQuality,
  recordingSettings,
  resolution,
} from './camera-settings.ts';
import { deviceParam, deviceResult } from './common.ts';
import { method } from './define.ts';

const cameraName = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[^\p{Cc}]*$/u, 'no control characters')
  .describe('For people; null: as the device calls itself');

export const set_camera = method({
  role: 'admin',
  summary: 'Changes the settings of one camera',
  description:
    'What is left out stays; null takes the service-wide default again. It is applied at once: a live camera is started anew where it must, and its viewers and recordings go on.',
  params: z.object({
    device: deviceParam,
    name: cameraName.nullable().optional(),
    enabled: z.boolean().optional().describe('false: the device is left alone, and its number kept'),
    mode: captureMode.nullable().optional(),
    resolution: resolution.nullable().optional(),
    fps: cameraSettings.shape.fps.optional(),
    bitrate: cameraSettings.shape.bitrate.optional(),
    quality: encoderQuality.nullable().optional(),
    recording: recordingSettings.partial().optional(),
    differs_from: deviceParam
      .optional()
      .describe('One of identity.candidates: it is another camera, and is not asked about again'),
  }),
  result: camera.extend({ settings: cameraSettings }),
  errors: ['not_found', 'invalid_state', 'dependency_failed', 'insufficient_storage'],
});

export const forget_camera = method({
  role: 'admin',
  summary: 'Removes a camera that is not there any more',
  description:
    'Its number is never given again. Its recordings and snapshots stay unless delete_files is true.',
  params: z.object({
    device: deviceParam,
    delete_files: z.boolean().default(false).describe('Its recordings and snapshots too'),
  }),
  result: z.object({
    device: deviceResult,
    forgotten: z.literal(true),
    files_deleted: z.int().describe('How many recordings and snapshots'),
    success: z.literal(true),
  }),
  errors: ['not_found', 'invalid_state', 'dependency_failed'],
});

export const merge_cameras = method({
  role: 'admin',
  summary: 'Joins two entries that are one camera',
  description:
    'For a camera that was taken for a new one. `device` keeps its number; the device node, recordings and snapshots of `other` join it, and its settings where `device` has none. `other` is gone afterwards.',
  params: z.object({ device: deviceParam, other: deviceParam }),
  result: camera,
  errors: ['not_found', 'invalid_state', 'dependency_failed'],
});

export const cameraControl = z.object({
  name: z.string().describe('As v4l2-ctl prints it'),
  id: z.int(),
  type: z.enum(['int', 'bool', 'menu', 'intmenu', 'button', 'int64', 'bitmask', 'string']),
  min: z.number(),
  max: z.number(),
  step: z.number(),
  default: z.number(),
  value: z.union([z.number(), z.boolean(), z.string()]).nullable().describe('null: it can not be read'),
  menu: z.record(z.string(), z.string()).optional().describe('Index to text'),
  flags: z.array(z.string()).describe('inactive, read_only, volatile, …'),
});

const controls = z.array(cameraControl);

export const get_camera_controls = method({
  role: 'viewer',
  summary: 'Every V4L2 control of a camera',
  params: z.object({ device: deviceParam }),
  result: z.object({ device: deviceResult, controls }),
  errors: ['not_found', 'invalid_state', 'dependency_failed'],
});

export const set_camera_controls = method({
  role: 'operator',
  summary: 'Sets V4L2 controls',
  description:
    'One mistake and nothing is changed. They are kept for the camera, and set again when it returns.',
  params: z.object({
    device: deviceParam,
    controls: z
      .record(z.string().max(64), z.union([z.number(), z.boolean(), z.string().max(256)]))
      .refine((values) => Object.keys(values).length > 0, 'must name at least one control')
      .describe('Name to value; of a menu the index or the text'),
  }),
  result: z.object({ device: deviceResult, controls: controls.describe('As read back') }),
  errors: ['not_found', 'invalid_state', 'dependency_failed'],
});

export const settingsMethods = {
  set_camera,
  forget_camera,
  merge_cameras,
  get_camera_controls,
  set_camera_controls,
};
