import type { ConfigKeeper } from '../../config/config-keeper.ts';
import type { HandlersOf } from '../call.ts';

export interface ConfigurationHandlerDeps {
  keeper: Pick<ConfigKeeper, 'describe' | 'set'>;
}

export function configurationHandlers({ keeper }: ConfigurationHandlerDeps): HandlersOf<'configuration'> {
  return {
    get_config: ({ section }) => keeper.describe(section),
    set_config: ({ changes }) => keeper.set(changes),
  };
}
