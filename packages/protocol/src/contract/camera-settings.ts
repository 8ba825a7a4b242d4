import { z } from 'zod';
import { recordingFormat } from './recording.ts';

export const captureMode = z
  .enum(['on_demand', 'always', 'off'])
  .describe(
    'on_demand: live while somebody needs the picture; always: live all the time; off: listed, never captured',
  );

export const resolution = z
  .string()
  .regex(/^[1-9][0-9]{1,4}x[1-9][0-9]{1,4}$/, 'must be WIDTHxHEIGHT')
  .describe('Wanted size; the nearest that the camera offers is taken');

export const encoderQuality = z
  .enum(['low', 'balanced', 'high'])
  .describe('Of the encoder, within `bitrate`; no matter for a camera that gives H.264 itself');

export const recordingSettings = z
  .object({
    format: recordingFormat.nullable().describe('Of start_recording that names none'),
    duration: z
      .int()
      .min(1)
      .max(86_400)
      .nullable()
      .describe('Seconds, of start_recording that names none; null: until it is stopped'),
    segment_duration: z
      .int()
      .min(10)
      .max(86_400)
      .nullable()
      .describe('Seconds after which MediaMTX begins a new file'),
  })
  .describe('null takes the service-wide default');

/** What a person sets of one camera; null stands for the service-wide default. */
export const cameraSettings = z.object({
  name: z.string().nullable().describe('null: as the device calls itself'),
  enabled: z.boolean(),
  mode: captureMode.nullable(),
  resolution: resolution.nullable(),
  fps: z.number().min(1).max(240).nullable().describe('Wanted rate'),
  bitrate: z.int().min(64).max(100_000).nullable().describe('Kilobits a second at most'),
  quality: encoderQuality.nullable(),
  recording: recordingSettings,
});
