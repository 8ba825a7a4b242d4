import { z } from 'zod';
import { roles } from '../roles.ts';

/** `cameraN`, or the node at which the camera is now. */
export const deviceParam = z
  .string()
  .regex(/^(camera[0-9]{1,9}|\/dev\/video[0-9]{1,4})$/, 'must be cameraN or /dev/videoN')
  .describe(
    'The camera: `cameraN` (given once, kept for ever) or `/dev/videoN` (the camera at that node now). `device_path` is an alias.',
  );

export const deviceResult = z.string().describe('The camera, in the form in which the request named it');

export const timestamp = z.iso.datetime({ precision: 3 }).describe('ISO 8601, UTC, milliseconds');

export const bytes = z.int().min(0).describe('Bytes');

export const seconds = z.number().min(0).describe('Seconds');

export const success = z.literal(true).describe('Always true; kept for older clients, failures are errors');

export const streams = z.object({
  rtsp: z.string().describe('RTSP address, without credentials'),
  webrtc: z.string().describe('WHEP endpoint'),
  hls: z.string().describe('LL-HLS playlist'),
});

export const fileName = z
  .string()
  .min(1)
  .max(128)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    'letters, digits, dot, underscore and hyphen, beginning with a letter or digit',
  );

export const isoTime = z.iso.datetime({ offset: true });

export const pageParams = {
  limit: z.int().min(1).max(1000).default(50).describe('How many at most'),
  offset: z.int().min(0).default(0).describe('How many to pass over'),
  device: deviceParam.optional(),
  from: isoTime.optional().describe('Created at or after'),
  to: isoTime.optional().describe('Created before'),
  order: z.enum(['desc', 'asc']).default('desc').describe('By creation time; newest first unless told'),
};

export function page<T extends z.ZodType>(item: T) {
  return z.object({
    files: z.array(item),
    total: z.int().describe('How many there are in all'),
    limit: z.int(),
    offset: z.int(),
  });
}

export const roleName = z.enum(roles);

/** A user's name; also what an API key is called. */
export const userName = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'no control characters')
  .describe('Of the user');

/** The only cameras that an identity may know of. */
export const cameraLimit = z
  .array(z.string().regex(/^camera[0-9]{1,9}$/, 'must be cameraN'))
  .min(1)
  .max(1000)
  .nullable()
  .describe('The only cameras that it may know of; null: all, also those to come');
