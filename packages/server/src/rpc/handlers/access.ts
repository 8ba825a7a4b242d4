import type { HandlersOf } from '../call.ts';
import { notYet } from './not-yet.ts';

export function accessHandlers(): HandlersOf<'access'> {
  return {
    create_api_key: notYet,
    list_api_keys: notYet,
    rotate_api_key: notYet,
    revoke_api_key: notYet,
    create_user: notYet,
    set_user: notYet,
    list_users: notYet,
    set_password: notYet,
    delete_user: notYet,
    list_sessions: notYet,
    end_session: notYet,
    get_audit_log: notYet,
  };
}
