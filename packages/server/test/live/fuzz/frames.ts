import { once } from 'node:events';
import { isUtf8 } from 'node:buffer';
import type { Service } from '@mediamtx-camera-service/testkit';
import { WebSocket } from 'ws';
import type { Mutator } from '../../rpc/harness/mutation.ts';
import { expectedReplies, faultOf, idKey } from '../../rpc/harness/reply-oracle.ts';
import type { Credential } from '../contract/callers.ts';

/** The fiftieth wrong token closes a socket, so fewer are sent on one. */
const maxLogins = 40;
const patienceMs = 40_000;
const lastId = 'the last';

export interface WaveOptions {
  /** A login of its own each time, since one of the calls may be logout. */
  credential: () => Credential;
  mutator: Mutator;
  count: number;
}

/** Sends frames on one socket without waiting, and holds what comes back against what is due. */
export async function runWave(
  service: Service,
  { credential, mutator, count }: WaveOptions,
): Promise<string[]> {
  const socket = new WebSocket(service.ready.ws_url, { headers: { ...credential() } });
  await once(socket, 'open');
  const wave = new Wave(socket);
  const notText: Buffer[] = [];
  for (let sent = 0; sent < count; sent++) {
    const frame = mutator.frame();
    if (isUtf8(frame)) wave.send(frame, mutator.chance(0.02));
    else notText.push(frame);
  }
  const faults = await wave.end();
  for (const frame of notText) faults.push(...(await sendNoText(service, frame)));
  return faults;
}

class Wave {
  readonly #socket: WebSocket;
  readonly #faults: string[] = [];
  readonly #due: string[] = [];
  readonly #told: string[] = [];
  /** What was sent, by the ids that are due for it. */
  readonly #sent: { ids: string[]; text: string }[] = [];
  #logins = 0;
  #isLastTold = false;
  #wake: (() => void) | undefined;
  #closeCode: number | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#take((data as Buffer).toString()));
    socket.once('close', (code) => {
      this.#closeCode = code;
      this.#wake?.();
    });
  }

  send(frame: Buffer, binary: boolean): void {
    const text = frame.toString();
    this.#logins += text.split('authenticate').length - 1;
    if (this.#logins > maxLogins) return;
    const ids = binary ? [idKey(null)] : expectedReplies(text).ids;
    this.#due.push(...ids);
    this.#sent.push({ ids, text });
    this.#socket.send(frame, { binary });
  }

  /** What was wrong with the replies, once all are there. */
  async end(): Promise<string[]> {
    const isAnswered = await this.#untilAnswered();
    if (!isAnswered) this.#faults.push(`closed with ${this.#closeCode}, or silent: ${this.#missing()}`);
    const isDue = JSON.stringify(this.#told.toSorted()) === JSON.stringify(this.#due.toSorted());
    if (isAnswered && !isDue) this.#faults.push(`other ids than those that are due: ${this.#missing()}`);
    this.#socket.terminate();
    return this.#faults;
  }

  async #untilAnswered(): Promise<boolean> {
    const isAll = await this.#until(() => this.#told.length >= this.#due.length);
    if (!isAll) return false;
    // Its answer comes after whatever else was sent without being due.
    this.#socket.send(JSON.stringify({ jsonrpc: '2.0', id: lastId, method: 'ping' }));
    return await this.#until(() => this.#isLastTold);
  }

  /** False where the connection ends before, or nothing comes for too long. */
  async #until(condition: () => boolean): Promise<boolean> {
    let isTooLate = false;
    const timer = setTimeout(() => {
      isTooLate = true;
      this.#wake?.();
    }, patienceMs);
    while (!condition() && this.#closeCode === undefined && !isTooLate) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    clearTimeout(timer);
    return condition() && this.#closeCode === undefined;
  }

  #take(text: string): void {
    const message: unknown = JSON.parse(text);
    for (const reply of Array.isArray(message) ? message : [message]) this.#takeReply(reply, text);
    this.#wake?.();
  }

  #takeReply(reply: Record<string, unknown>, text: string): void {
    if ('method' in reply) return;
    if (reply['id'] === lastId) {
      this.#isLastTold = true;
      return;
    }
    this.#told.push(idKey(reply['id']));
    const fault = faultOf(reply);
    if (fault !== undefined) this.#faults.push(`${fault}: ${text.slice(0, 400)}`);
  }

  #missing(): string {
    const left = [...this.#told];
    const missing = this.#due.filter((id) => {
      const at = left.indexOf(id);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
    const unanswered = this.#sent.filter(({ ids }) => ids.some((id) => missing.includes(id)));
    const texts = unanswered.map(({ text }) => text.slice(0, 300)).slice(0, 5);
    return JSON.stringify({ missing: missing.slice(0, 5), unasked: left.slice(0, 5), texts });
  }
}

/** A text frame that is no UTF-8 closes its own connection with 1007. */
async function sendNoText(service: Service, frame: Buffer): Promise<string[]> {
  const socket = new WebSocket(service.ready.ws_url);
  await once(socket, 'open');
  const closed = once(socket, 'close');
  socket.send(frame, { binary: false });
  const [code] = (await closed) as [number];
  return code === 1007 ? [] : [`text that is no UTF-8 closed its connection with ${code}`];
}
