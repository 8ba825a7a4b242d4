import type { AppError } from '../errors.ts';
import type { Identity } from '../auth/identity.ts';
import type { Traffic } from '../metrics/traffic.ts';
import { checkAccess } from './access.ts';
import { CallAudit, outcomeOf, type AuditWriter } from './audit.ts';
import type { CallContext, HandlerTable } from './call.ts';
import {
  checkBatch,
  checkDepth,
  invalidRequest,
  isFields,
  isNotification,
  parseMessage,
  readEnvelope,
  readId,
} from './envelope.ts';
import { ExactIds } from './exact-id.ts';
import { currentExchange, type Exchange } from './exchange.ts';
import { Faults, type FaultsDeps } from './faults.ts';
import { createEntries, methodNotFound, readParams, type MethodEntry } from './method-entry.ts';
import { ReplyWriter, type RepliedCall, type ReplyWriterDeps } from './reply.ts';
import type { Session } from './session.ts';

export interface DispatcherDeps extends ReplyWriterDeps, FaultsDeps {
  handlers: HandlerTable;
  audit: AuditWriter;
  traffic: Traffic;
  openReads: () => boolean;
  validateResults: boolean;
}

/** One message and where it came from. */
export interface Incoming {
  text: string;
  session: Session;
  exchange: Exchange;
}

/** One request of a message. */
interface Request {
  message: unknown;
  incoming: Incoming;
  exactIds: ExactIds;
  /** The place in a batch, else 0. */
  index: number;
}

/** A promise only where a handler works in the background; undefined where there is nothing to say. */
export type Reply = string | undefined | Promise<string | undefined>;

interface Call extends RepliedCall {
  session: Session;
  /** Who called: a call may log its own session in or out. */
  caller: Identity | undefined;
  /** The same as `startedAt` on the clock that nobody sets. */
  startedMs: number;
  method: string;
  deviceForm: string;
  /** As the audit log has it. */
  device: string | null;
  triedUser: unknown;
  entry: MethodEntry | undefined;
}

/**
 * JSON-RPC 2.0: text in, text out. Checks stand in this order, so that none tells what a later one guards: size and
 * rate, envelope, method, login, role, params; what the params name is the handlers' part.
 */
export class Dispatcher {
  readonly #deps: DispatcherDeps;
  readonly #entries: Map<string, MethodEntry>;
  readonly #audit: CallAudit;
  readonly #replies: ReplyWriter;
  readonly #faults: Faults;

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
    this.#entries = createEntries(deps.handlers);
    this.#audit = new CallAudit(deps.audit);
    this.#replies = new ReplyWriter(deps);
    this.#faults = new Faults({ ...deps, log: deps.log.child({ component: 'rpc' }) });
  }

  /** Never throws or rejects. */
  dispatch(incoming: Incoming): Reply {
    let message: unknown;
    try {
      message = parseMessage(incoming.text);
      if (Array.isArray(message)) checkBatch(message);
    } catch (error) {
      return this.#refuse(error, incoming);
    }
    const isBatch = Array.isArray(message);
    const exactIds = new ExactIds(incoming.text, isBatch);
    if (isBatch) return this.#answerBatch(message as unknown[], incoming, exactIds);
    return this.#answer({ message, incoming, exactIds, index: 0 });
  }

  refuseBinary(session: Session): string | undefined {
    const error = invalidRequest('binary frames are not read', 'send text frames');
    return this.#refuse(error, { text: '', session, exchange: { session } });
  }

  #answer(request: Request): Reply {
    const call = this.#openCall(request);
    try {
      call.session.budget.spend(call.startedAt);
      const outcome = this.#run(request, call);
      if (!(outcome instanceof Promise)) return this.#succeed(call, outcome);
      const reply = this.#settle(call, outcome);
      if (call.entry?.isLogin) call.session.waitForLogin(reply);
      return reply;
    } catch (error) {
      return this.#fail(call, error);
    }
  }

  async #answerBatch(
    messages: unknown[],
    incoming: Incoming,
    exactIds: ExactIds,
  ): Promise<string | undefined> {
    const pending: Promise<string | undefined>[] = [];
    for (const [index, message] of messages.entries()) {
      // What stands after a login in the same batch counts on it.
      await incoming.session.loginInProgress;
      pending.push(Promise.resolve(this.#answer({ message, incoming, exactIds, index })));
    }
    const replies = (await Promise.all(pending)).filter((reply) => reply !== undefined);
    return replies.length === 0 ? undefined : `[${replies.join(',')}]`;
  }

  /** Answers a message that holds no request; it counts as one call. */
  #refuse(reason: unknown, incoming: Incoming): string | undefined {
    const exactIds = new ExactIds('', false);
    const call = this.#openCall({ message: undefined, incoming, exactIds, index: 0 });
    try {
      call.session.budget.spend(call.startedAt);
      return this.#fail(call, reason);
    } catch (error) {
      return this.#fail(call, error);
    }
  }

  #openCall({ message, incoming, exactIds, index }: Request): Call {
    const startedAt = this.#deps.now();
    incoming.session.lastCallAt = startedAt;
    return {
      idText: readId(message, exactIds, index),
      isNotification: isNotification(message),
      session: incoming.session,
      caller: incoming.session.identity,
      requestId: incoming.session.nextRequestId(),
      startedAt,
      startedMs: performance.now(),
      method: '',
      deviceForm: '',
      device: null,
      triedUser: undefined,
      entry: undefined,
    };
  }

  #run({ message, incoming }: Request, call: Call): unknown {
    const { method, params: given } = readEnvelope(message, call.idText);
    call.method = method;
    if (given !== undefined) checkDepth(message);
    const entry = this.#entries.get(method);
    if (entry === undefined) throw methodNotFound(method);
    call.entry = entry;
    this.#noteGiven(call, entry, given);
    const { session } = call;
    checkAccess(entry.definition, session, this.#deps.openReads());
    const params = readParams(entry, given);
    const { device } = params;
    if (typeof device === 'string') call.deviceForm = device;
    const context: CallContext = {
      session,
      identity: session.identity,
      requestId: call.requestId,
      host: session.host,
      origin: session.origin,
      deviceForm: call.deviceForm,
      signal: session.signal,
      noteDevice: (found) => {
        call.device = found;
      },
    };
    if (!entry.mayNotify) return entry.handler(params, context);
    return currentExchange.run(incoming.exchange, entry.handler, params, context);
  }

  async #settle(call: Call, outcome: Promise<unknown>): Promise<string | undefined> {
    const { budget } = call.session;
    budget.callStarted();
    try {
      return this.#succeed(call, await outcome);
    } catch (error) {
      return this.#fail(call, error);
    } finally {
      budget.callEnded();
    }
  }

  #succeed(call: Call, result: unknown): string | undefined {
    if (this.#deps.validateResults) checkResult(call.entry!, result);
    const reply = this.#replies.result(call, result);
    this.#noteEnd(call);
    return reply;
  }

  #fail(call: Call, reason: unknown): string | undefined {
    const error = this.#faults.describe(reason, { ...call, method: call.entry?.name ?? '' });
    this.#noteEnd(call, error);
    return this.#replies.error(call, error);
  }

  /** For the audit log, which holds refused calls too, whose params nobody has looked at. */
  #noteGiven(call: Call, { isLogin, takesDevice }: MethodEntry, given: unknown): void {
    if (!isFields(given)) return;
    if (isLogin) call.triedUser = given['user'];
    const device = takesDevice ? (given['device'] ?? given['device_path']) : undefined;
    if (typeof device === 'string') call.device = this.#audit.deviceOf(device);
  }

  #noteEnd(call: Call, error?: AppError): void {
    const durationMs = Math.round((performance.now() - call.startedMs) * 1000) / 1000;
    const outcome = outcomeOf(error, call.entry?.isLogin ?? false);
    this.#deps.traffic.noteCall(call.entry?.name ?? 'unknown', outcome, durationMs / 1000);
    this.#audit.note({ ...call, durationMs, error });
  }
}

function checkResult({ name, definition }: MethodEntry, result: unknown): void {
  const parsed = definition.result.safeParse(result);
  if (!parsed.success)
    throw new Error(`the result of ${name} violates the contract: ${parsed.error.message}`);
}
