import type { HandlersOf } from '../call.ts';
import { notYet } from './not-yet.ts';

export function configurationHandlers(): HandlersOf<'configuration'> {
  return {
    get_config: notYet,
    set_config: notYet,
  };
}
