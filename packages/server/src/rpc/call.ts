import type { MethodName, Params, Result, namespaces } from '@mediamtx-camera-service/protocol';
import type { Identity } from '../auth/identity.ts';
import type { ClientNames, Session } from './session.ts';

/** What a handler knows of the call beyond its params. */
export interface CallContext extends ClientNames {
  session: Session;
  /** Undefined for methods without login, and for reads under `security.open_reads`. */
  identity: Identity | undefined;
  requestId: string;
  /** The camera as the request named it: `cameraN`, `/dev/videoN`, or empty where it named none. */
  deviceForm: string;
  /** For the audit log: the camera (`cameraN`) of what the call names otherwise, such as a file. */
  noteDevice: (device: string) => void;
  /** Aborted when the caller is gone. */
  signal: AbortSignal;
}

export type Handler<M extends MethodName> = (
  params: Params<M>,
  context: CallContext,
) => Result<M> | Promise<Result<M>>;

export type HandlerTable = { [M in MethodName]: Handler<M> };

/** The handlers of one namespace of the contract. */
export type HandlersOf<N extends keyof typeof namespaces> = Pick<
  HandlerTable,
  keyof (typeof namespaces)[N] & MethodName
>;
