import { openrpcDocument } from '@mediamtx-camera-service/protocol';
import type { HandlerTable } from '../call.ts';

/** The contract doesn't change while the service runs, so its document is made once, when it is first asked for. */
export function createDiscoverHandlers(version: string): Pick<HandlerTable, 'rpc.discover'> {
  let document: Record<string, unknown> | undefined;
  return { 'rpc.discover': () => (document ??= openrpcDocument(version)) };
}
