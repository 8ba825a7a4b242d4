import { checkWithin } from '../../auth/camera-limit.ts';
import type { Cleanup, RetentionCleaner } from '../../retention/cleaner.ts';
import { describePolicy, type RetentionSettings } from '../../retention/settings.ts';
import type { StorageReport } from '../../retention/storage-report.ts';
import type { HandlersOf } from '../call.ts';

export interface StorageHandlerDeps {
  cleaner: Pick<RetentionCleaner, 'clean'>;
  retention: Pick<RetentionSettings, 'current' | 'change'>;
  /** What the files of these cameras take; undefined: of all. */
  storageOf: (cameras: readonly string[] | undefined) => Promise<StorageReport>;
}

const noLimit =
  'nothing was deleted: set a limit first, with set_retention_policy: max_age_days or max_size_gb';

export function storageHandlers({
  cleaner,
  retention,
  storageOf,
}: StorageHandlerDeps): HandlersOf<'storage'> {
  return {
    get_storage_info: async (_params, { identity }) => ({
      ...(await storageOf(identity?.cameras)),
      retention_policy: retention.current,
    }),
    set_retention_policy: async (params, { identity }) => {
      // It lets files of every camera go.
      checkWithin(null, identity, 'the rights on the files of all cameras');
      const policy = await retention.change(params);
      return { ...policy, message: describePolicy(policy) };
    },
    cleanup_old_files: async ({ dry_run: isDryRun }, { identity }) => {
      const cleanup = await cleaner.clean({ isDryRun, cameras: identity?.cameras });
      return {
        cleanup_executed: !isDryRun && (cleanup?.count ?? 0) > 0,
        dry_run: isDryRun,
        files_deleted: cleanup?.count ?? 0,
        space_freed: cleanup?.bytes ?? 0,
        files: cleanup?.filenames ?? [],
        message: cleanup ? describeCleanup(cleanup, isDryRun) : noLimit,
        success: true,
      };
    },
  };
}

function describeCleanup({ count, bytes, failed }: Cleanup, isDryRun: boolean): string {
  if (count === 0) return 'nothing is to be deleted';
  const done = `${count} ${count === 1 ? 'file' : 'files'} ${isDryRun ? 'would be' : count === 1 ? 'was' : 'were'} deleted, ${(bytes / 1e6).toFixed(1)} MB`;
  return failed === 0 ? done : `${done}; ${failed} could not be deleted, see the log`;
}
