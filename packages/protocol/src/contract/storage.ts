import { z } from 'zod';
import { bytes, success } from './common.ts';
import { method } from './define.ts';

const maxAgeDays = z.int().min(1).max(36_500);
const maxSizeGb = z.number().min(0.001).max(1_000_000);

export const retentionPolicy = z.object({
  policy_type: z
    .enum(['age', 'size', 'manual'])
    .describe(
      'age: files older than max_age_days go; size: the oldest go while all are more than max_size_gb; manual: nothing goes but by cleanup_old_files, which then keeps to both',
    ),
  max_age_days: maxAgeDays.nullable(),
  max_size_gb: maxSizeGb.nullable().describe('Recordings and snapshots together, in 10⁹ bytes'),
  enabled: z.boolean().describe('Old files go by themselves'),
});

export const get_storage_info = method({
  role: 'admin',
  summary: 'The disk, what recordings and snapshots take of it, and for how long it lasts',
  result: z.object({
    total_space: bytes,
    used_space: bytes,
    available_space: bytes,
    usage_percentage: z.number().min(0).max(100),
    recordings_size: bytes.describe(
      'Closed ones, of the cameras that the caller may see; so for the three below',
    ),
    recordings_count: z.int(),
    snapshots_size: bytes,
    snapshots_count: z.int(),
    low_space_warning: z.boolean().describe('Less than twice the threshold is left'),
    critical_space_warning: z.boolean().describe('Less than the threshold is left: no recording starts'),
    threshold: bytes.describe('storage.min_free'),
    forecast_days: z
      .number()
      .nullable()
      .describe(
        'Days until the threshold, at the pace of the last week and if nothing is deleted, 36500 at most; null: there is no pace to tell by, or the caller may see some cameras only',
      ),
    retention_policy: retentionPolicy,
  }),
  errors: ['dependency_failed'],
});

export const set_retention_policy = method({
  role: 'admin',
  summary: 'Which recordings and snapshots go by themselves',
  description:
    'Recordings that set_recording protects never go. What is left out of the limits stays as it was.',
  params: z.object({
    policy_type: retentionPolicy.shape.policy_type,
    max_age_days: maxAgeDays.nullable().optional(),
    max_size_gb: maxSizeGb.nullable().optional(),
    enabled: z.boolean().optional().describe('Absent: as it was'),
  }),
  result: retentionPolicy.extend({ message: z.string() }),
  errors: ['invalid_state', 'dependency_failed', 'insufficient_storage'],
});

export const cleanup_old_files = method({
  role: 'admin',
  summary: 'Deletes now what the retention policy lets go',
  description:
    'Also where the policy is not enabled. Who may see some cameras only deletes of what the policy lets go what is theirs. A second call waits for the first.',
  params: z.object({
    dry_run: z.boolean().default(false).describe('Only tell what would go'),
  }),
  result: z.object({
    cleanup_executed: z.boolean().describe('false: nothing was deleted, or it was a dry run'),
    dry_run: z.boolean(),
    files_deleted: z.int().describe('How many went, or would go'),
    space_freed: bytes,
    files: z.array(z.string()).describe('The first 100 of them'),
    message: z.string(),
    success,
  }),
  errors: ['dependency_failed', 'insufficient_storage'],
});

export const storageMethods = { get_storage_info, set_retention_policy, cleanup_old_files };
