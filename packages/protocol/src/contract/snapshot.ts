import { z } from 'zod';
import {
  bytes,
  deviceParam,
  deviceResult,
  fileName,
  page,
  pageParams,
  success,
  timestamp,
} from './common.ts';
import { method } from './define.ts';

export const snapshotFormat = z.enum(['jpg', 'png']);

export const take_snapshot = method({
  role: 'operator',
  summary: 'Takes a picture and keeps it as a file',
  description:
    'From a live camera it is the newest frame, at most 100 ms older than the request. A camera that is not live is opened for it. Calls that come while one is being taken share its picture only if that is fresh enough.',
  params: z.object({
    device: deviceParam,
    filename: fileName
      .optional()
      .describe('Default: camera and time. The extension is added where it is missing'),
    format: snapshotFormat.default('jpg'),
    quality: z.int().min(1).max(100).default(85).describe('For jpg; png is lossless'),
    max_age_ms: z.int().min(0).max(60_000).optional().describe('How old the picture may be at most'),
  }),
  result: z.object({
    device: deviceResult,
    filename: z.string(),
    status: z
      .enum(['SUCCESS', 'completed'])
      .describe('`completed` where the request named the camera by its node'),
    timestamp: timestamp.describe('When the file was there'),
    captured_at: timestamp.describe('When the frame reached the service'),
    age_ms: z.number().min(0).describe('How much older than the request the frame is, in milliseconds'),
    file_size: bytes,
    size_bytes: bytes,
    file_path: z.string(),
    width: z.int(),
    height: z.int(),
    format: snapshotFormat,
    quality: z.int(),
    capture_method: z
      .enum(['live', 'direct'])
      .describe('From the live stream, or from the camera opened for it'),
    download_url: z.string(),
    success,
  }),
  errors: ['not_found', 'invalid_state', 'dependency_failed', 'insufficient_storage'],
});

export const snapshotFile = z.object({
  filename: z.string(),
  device: z.string(),
  file_size: bytes,
  size_bytes: bytes,
  format: snapshotFormat,
  width: z.int(),
  height: z.int(),
  modified_time: timestamp,
  created_time: timestamp,
  download_url: z.string(),
});

export const list_snapshots = method({
  role: 'viewer',
  summary: 'Snapshots, newest first',
  params: z.object(pageParams),
  result: page(snapshotFile),
  errors: ['not_found'],
});

export const get_snapshot_info = method({
  role: 'viewer',
  summary: 'One snapshot',
  params: z.object({ filename: fileName }),
  result: snapshotFile.extend({
    captured_at: timestamp.describe('When the frame reached the service'),
    resolution: z.string().describe('"WxH"'),
    duration: z.null().describe('A picture has none; there for older clients'),
  }),
  errors: ['not_found'],
});

export const delete_snapshot = method({
  role: 'operator',
  summary: 'Deletes a snapshot for good',
  description: 'A download that is under way goes on.',
  params: z.object({ filename: fileName }),
  result: z.object({
    filename: z.string(),
    deleted: z.literal(true),
    message: z.string(),
    success,
  }),
  errors: ['not_found', 'dependency_failed', 'insufficient_storage'],
});

export const snapshotMethods = { take_snapshot, list_snapshots, get_snapshot_info, delete_snapshot };
