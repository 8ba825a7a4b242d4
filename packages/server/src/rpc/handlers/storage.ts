import type { HandlersOf } from '../call.ts';
import { notYet } from './not-yet.ts';

export function storageHandlers(): HandlersOf<'storage'> {
  return {
    get_storage_info: notYet,
    set_retention_policy: notYet,
    cleanup_old_files: notYet,
  };
}
