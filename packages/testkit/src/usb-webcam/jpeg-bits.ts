/** The bits of a JPEG's entropy-coded part: most significant first, and a zero after each byte of ones. */
export class JpegBits {
  readonly #bytes: number[] = [];
  #buffer = 0;
  #count = 0;

  put(value: number, bits: number): void {
    this.#buffer = (this.#buffer << bits) | (value & ((1 << bits) - 1));
    this.#count += bits;
    while (this.#count >= 8) {
      this.#count -= 8;
      const byte = (this.#buffer >> this.#count) & 0xff;
      this.#bytes.push(byte);
      if (byte === 0xff) this.#bytes.push(0);
    }
    this.#buffer &= (1 << this.#count) - 1;
  }

  /** All of it, filled up with ones to a whole byte. */
  finish(): Buffer {
    if (this.#count > 0) this.put(0xff, 8 - this.#count);
    return Buffer.from(this.#bytes);
  }
}
