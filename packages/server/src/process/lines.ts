/**
 * Cuts a byte stream into lines across chunk edges. A line longer than `maxLength` characters is given in pieces,
 * so that a program which never writes a newline can't fill the memory.
 */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  readonly #maxLength: number;
  readonly #decoder = new TextDecoder();
  #rest = '';

  constructor(onLine: (line: string) => void, maxLength = 8_192) {
    this.#onLine = onLine;
    this.#maxLength = maxLength;
  }

  push(chunk: Uint8Array): void {
    this.#rest += this.#decoder.decode(chunk, { stream: true });
    // ffmpeg ends its status lines with \r alone.
    const lines = this.#rest.split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#emit(line);
    while (this.#rest.length > this.#maxLength) {
      this.#onLine(this.#rest.slice(0, this.#maxLength));
      this.#rest = this.#rest.slice(this.#maxLength);
    }
  }

  /** Gives what is left when the stream has ended. */
  end(): void {
    const rest = this.#rest + this.#decoder.decode();
    this.#rest = '';
    this.#emit(rest);
  }

  #emit(line: string): void {
    for (let at = 0; at < line.length; at += this.#maxLength)
      this.#onLine(line.slice(at, at + this.#maxLength));
  }
}
