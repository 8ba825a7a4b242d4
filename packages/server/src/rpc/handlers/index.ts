import type { HandlersOf, HandlerTable } from '../call.ts';

export type { HandlersOf, HandlerTable } from '../call.ts';
export { createDiscoverHandlers } from './discover.ts';
export { createEventHandlers } from './event.ts';
export { createSessionHandlers } from './session.ts';

export interface HandlerGroups {
  session: HandlersOf<'session'>;
  camera: HandlersOf<'camera'>;
  settings: HandlersOf<'settings'>;
  snapshot: HandlersOf<'snapshot'>;
  recording: HandlersOf<'recording'>;
  stream: HandlersOf<'stream'>;
  event: HandlersOf<'event'>;
  storage: HandlersOf<'storage'>;
  access: HandlersOf<'access'>;
  configuration: HandlersOf<'configuration'>;
  system: Omit<HandlersOf<'system'>, 'rpc.discover'>;
  discover: Pick<HandlerTable, 'rpc.discover'>;
}

/** One table of all namespaces; the compiler sees that no method lacks its handler. */
export function assembleHandlers(groups: HandlerGroups): HandlerTable {
  return {
    ...groups.session,
    ...groups.camera,
    ...groups.settings,
    ...groups.snapshot,
    ...groups.recording,
    ...groups.stream,
    ...groups.event,
    ...groups.storage,
    ...groups.access,
    ...groups.configuration,
    ...groups.system,
    ...groups.discover,
  };
}
