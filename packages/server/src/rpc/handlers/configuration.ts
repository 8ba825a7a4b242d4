import { checkWithin } from '../../auth/camera-limit.ts';
import type { ConfigKeeper } from '../../config/config-keeper.ts';
import type { HandlersOf } from '../call.ts';

export interface ConfigurationHandlerDeps {
  keeper: Pick<ConfigKeeper, 'describe' | 'set'>;
}

export function configurationHandlers({ keeper }: ConfigurationHandlerDeps): HandlersOf<'configuration'> {
  return {
    get_config: ({ section }) => keeper.describe(section),
    set_config: ({ changes }, { identity }) => {
      // It is for all cameras; security.open_reads alone would open them all.
      checkWithin(null, identity, 'the settings of the whole service');
      return keeper.set(changes);
    },
  };
}
