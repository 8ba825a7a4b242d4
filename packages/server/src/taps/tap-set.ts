import type { Gop } from './gop.ts';
import type { TapTarget } from './rtsp-client.ts';
import { Tap } from './tap.ts';
import type { PostedGop, TapReply, TapRequest } from './tap-messages.ts';

/** All taps of one thread, driven by messages. `transfer` lists memory that may be handed over instead of copied. */
export class TapSet {
  #post: (reply: TapReply, transfer: ArrayBuffer[]) => void;
  #taps = new Map<string, Tap>();
  #running = new Map<number, AbortController>();

  constructor(post: (reply: TapReply, transfer: ArrayBuffer[]) => void) {
    this.#post = post;
  }

  handle(request: TapRequest): void {
    switch (request.type) {
      case 'open':
        this.#open(request);
        break;
      case 'close':
        this.#close(request.name);
        break;
      case 'latest':
        void this.#answerLatest(request);
        break;
      case 'cancel':
        this.#running.get(request.id)?.abort();
        break;
      case 'stats':
        this.#post({ type: 'stats', id: request.id, stats: this.#taps.get(request.name)?.stats() }, []);
        break;
      case 'ports':
        this.#post({ type: 'ports', id: request.id, ports: this.#listPorts() }, []);
        break;
      case 'stop':
        for (const name of this.#taps.keys()) this.#close(name);
        this.#post({ type: 'stopped', id: request.id }, []);
        break;
    }
  }

  #open({ name, target }: { name: string; target: TapTarget }): void {
    this.#close(name);
    const tap = new Tap(target, {
      onState: (state, reason) =>
        this.#post({ type: 'state', name, state, ...(reason !== undefined && { reason }) }, []),
      onCalm: (calm) => this.#post({ type: 'calm', name, calm }, []),
    });
    this.#taps.set(name, tap);
    tap.start();
  }

  #close(name: string): void {
    this.#taps.get(name)?.stop();
    this.#taps.delete(name);
  }

  async #answerLatest({ id, name, options }: Extract<TapRequest, { type: 'latest' }>): Promise<void> {
    const abort = new AbortController();
    this.#running.set(id, abort);
    const gop = await this.#taps.get(name)?.latest(options, abort.signal);
    this.#running.delete(id);
    const posted = gop && toPosted(gop);
    this.#post({ type: 'latest', id, gop: posted }, posted ? [posted.data.buffer] : []);
  }

  #listPorts(): number[] {
    return [...this.#taps.values()].flatMap((tap) => tap.localPort ?? []);
  }
}

function toPosted(gop: Gop): PostedGop {
  const { buffer, byteOffset, byteLength } = gop.data;
  // The snapshot owns its memory, so this is always an ArrayBuffer; a shared one could not be transferred.
  if (!(buffer instanceof ArrayBuffer)) throw new TypeError('a GOP must own its memory');
  return { ...gop, data: new Uint8Array(buffer, byteOffset, byteLength) };
}
