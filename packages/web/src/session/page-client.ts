import {
  CameraServiceClient,
  RpcCallError,
  type CallArguments,
  type ErrorName,
  type MethodName,
  type Result,
} from '@mediamtx-camera-service/client';

/** What a call meets whose caller has other rights than the page knows; a camera out of reach is told as not there. */
const refusals: readonly (ErrorName | undefined)[] = [
  'permission_denied',
  'authentication_failed',
  'not_found',
];

/** The client, with one to be told when the service refused a call. */
export class PageClient extends CameraServiceClient {
  #listener: (() => void) | undefined;

  onRefusal(listener: () => void): void {
    this.#listener = listener;
  }

  override async call<M extends MethodName>(method: M, ...rest: CallArguments<M>): Promise<Result<M>> {
    try {
      return await super.call(method, ...rest);
    } catch (error) {
      if (error instanceof RpcCallError && refusals.includes(error.errorName)) this.#listener?.();
      throw error;
    }
  }
}
