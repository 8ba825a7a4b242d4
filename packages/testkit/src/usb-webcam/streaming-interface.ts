import { REQUEST } from './controls.ts';
import type { WebcamFormat } from './model.ts';
import { negotiate, NEGOTIATION_BYTES } from './negotiation.ts';
import type { PictureStream } from './picture-stream.ts';

/** What a request is answered with: bytes, nothing but its success, or a refusal. */
export type Answer = Buffer | 'done' | 'stall';

/** The selectors of the streaming interface. */
export const PROBE = 1;
const COMMIT = 2;

/** Where the host negotiates a mode and starts the stream; see negotiation.ts. */
export class StreamingInterface {
  readonly #formats: readonly WebcamFormat[];
  readonly #stream: PictureStream;
  #proposal = Buffer.alloc(NEGOTIATION_BYTES);
  #failingStarts = 0;

  constructor(formats: readonly WebcamFormat[], stream: PictureStream) {
    this.#formats = formats;
    this.#stream = stream;
  }

  failNextStart(): void {
    this.#failingStarts += 1;
  }

  answer(selector: number, request: number, data: Buffer): Answer {
    if (selector !== PROBE && selector !== COMMIT) return 'stall';
    if (request === REQUEST.info) return Buffer.from([0x03]);
    if (request === REQUEST.length) return Buffer.from([NEGOTIATION_BYTES, 0]);
    if (request === REQUEST.default) return negotiate(this.#formats, Buffer.alloc(0)).answer;
    if (request !== REQUEST.setCurrent) return negotiate(this.#formats, this.#proposal).answer;
    this.#proposal = Buffer.from(data);
    return selector === COMMIT ? this.#commit() : 'done';
  }

  #commit(): Answer {
    if (this.#failingStarts > 0) {
      this.#failingStarts -= 1;
      return 'stall';
    }
    this.#stream.start(negotiate(this.#formats, this.#proposal).mode);
    return 'done';
  }
}
