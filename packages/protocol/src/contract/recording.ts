import { z } from 'zod';
import {
  bytes,
  deviceParam,
  deviceResult,
  fileName,
  page,
  pageParams,
  seconds,
  success,
  timestamp,
} from './common.ts';
import { method, notification } from './define.ts';

export const recordingFormat = z.enum(['fmp4', 'mp4', 'mkv']);

const maxDurationSeconds = 86_400;

export const start_recording = method({
  role: 'operator',
  summary: 'Starts the one recording of a camera',
  description:
    'Answers when MediaMTX has taken the order. `recording_status_update` STARTED follows when the file is really there, ERROR when it is not there in time.',
  params: z.object({
    device: deviceParam,
    duration: z
      .int()
      .min(1)
      .max(maxDurationSeconds)
      .optional()
      .describe("Seconds; absent: the camera's setting, else until stopped"),
    duration_seconds: z.int().min(1).max(maxDurationSeconds).optional().describe('Alias of duration'),
    duration_minutes: z.int().min(1).max(1440).optional(),
    duration_hours: z.int().min(1).max(24).optional(),
    format: recordingFormat
      .optional()
      .describe("mp4 and fmp4 play everywhere; mkv for archives. Absent: the camera's setting, else mp4"),
  }),
  result: z.object({
    device: deviceResult,
    session_id: z.string(),
    recording_id: z.string(),
    filename: z.string(),
    status: z
      .enum(['RECORDING', 'STARTED'])
      .describe('`STARTED` where the request named the camera by its node'),
    start_time: timestamp,
    duration: seconds.nullable().describe('Seconds until it stops by itself; null: until stopped'),
    format: recordingFormat,
    success,
  }),
  errors: ['not_found', 'invalid_state', 'dependency_failed', 'insufficient_storage'],
});

export const stop_recording = method({
  role: 'operator',
  summary: 'Ends the recording and answers when its file is closed and playable',
  params: z.object({ device: deviceParam }),
  result: z.object({
    device: deviceResult,
    session_id: z.string(),
    recording_id: z.string(),
    filename: z.string(),
    status: z.enum(['STOPPED']),
    start_time: timestamp.describe('Of the first recorded frame'),
    end_time: timestamp.describe('Of the last recorded frame'),
    duration: seconds.describe('Recorded seconds'),
    file_size: bytes,
    size_bytes: bytes,
    format: recordingFormat,
    protected: z.boolean().describe('set_recording can protect it while it runs'),
    download_url: z.string(),
    success,
  }),
  errors: ['not_found', 'invalid_state', 'dependency_failed', 'insufficient_storage'],
});

export const recordingFile = z.object({
  filename: z.string(),
  device: z.string(),
  file_size: bytes,
  size_bytes: bytes,
  duration: seconds,
  format: recordingFormat,
  modified_time: timestamp,
  created_time: timestamp.describe('Of the first recorded frame'),
  protected: z.boolean().describe('Nothing deletes it; set_recording changes that'),
  download_url: z.string(),
});

export const list_recordings = method({
  role: 'viewer',
  summary: 'Closed recordings, newest first',
  params: z.object(pageParams),
  result: page(recordingFile),
  errors: ['not_found'],
});

export const get_recording_info = method({
  role: 'viewer',
  summary: 'One closed recording',
  description: 'One that still runs or is being closed is invalid_state: `recording`, `closing`.',
  params: z.object({ filename: fileName }),
  result: recordingFile.extend({
    end_time: timestamp.describe('Of the last recorded frame'),
    resolution: z.string().nullable().describe('"WxH"; null where the file does not tell'),
    codec: z.string().nullable(),
    recording_id: z.string(),
    segments: z
      .int()
      .nullable()
      .describe('Of how many files of MediaMTX it was made; null for one whose making is not known any more'),
  }),
  errors: ['not_found', 'invalid_state'],
});

export const set_recording = method({
  role: 'operator',
  summary: 'Protects a recording from being deleted, or lets it go again',
  description:
    'Neither the retention policy nor delete_recording nor forget_camera deletes a protected recording. One that still runs or is being closed can be protected too: what only its closed file tells is null then, and `created_time` is when it was ordered. A call that changes nothing succeeds and is told to nobody; a change is told by the event `recording.updated`.',
  params: z.object({ filename: fileName, protected: z.boolean() }),
  result: get_recording_info.result.extend({
    file_size: bytes.nullable(),
    size_bytes: bytes.nullable(),
    duration: seconds.nullable(),
    modified_time: timestamp.nullable(),
    end_time: timestamp.nullable(),
    download_url: z.string().nullable(),
    message: z.string(),
    success,
  }),
  errors: ['not_found', 'dependency_failed', 'insufficient_storage'],
});

export const delete_recording = method({
  role: 'operator',
  summary: 'Deletes a closed recording for good',
  description:
    'A download that is under way goes on. One that runs, is being closed or is protected is invalid_state: `recording`, `closing`, `protected`.',
  params: z.object({ filename: fileName }),
  result: z.object({
    filename: z.string(),
    deleted: z.literal(true),
    message: z.string(),
    success,
  }),
  errors: ['not_found', 'invalid_state', 'dependency_failed', 'insufficient_storage'],
});

export const recordingMethods = {
  start_recording,
  stop_recording,
  list_recordings,
  get_recording_info,
  set_recording,
  delete_recording,
};

export const recording_status_update = notification({
  summary: 'A recording began, ended, or met trouble',
  params: z.object({
    device: z.string(),
    status: z
      .enum(['STARTED', 'STOPPED', 'ERROR', 'FAILED'])
      .describe('ERROR: it goes on and tries; FAILED: it ended without a file'),
    filename: z.string(),
    duration: seconds.describe('Recorded seconds so far'),
    session_id: z.string(),
    reason: z.string().nullable().describe('Why, where it is ERROR or FAILED'),
  }),
});
