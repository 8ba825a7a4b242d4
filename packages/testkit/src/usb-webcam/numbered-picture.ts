/**
 * The webcam's picture: a still background with a bar that moves by one step a frame, and the frame's number.
 * The number stands as in the pictures of the product's test cameras: 16 squares in the top row from the left,
 * side = floor(width / 32), lowest bit first, white = 1.
 */
const NUMBER_BITS = 16;
const BLACK = 16;
const WHITE = 235;

export interface PictureOptions {
  width: number;
  height: number;
  /** Chroma of the background, 0 to 255 each: tells the pictures of several cameras apart. */
  tint: { cb: number; cr: number };
  /** Default false; true: nothing but black, as with a lens cap on. */
  isBlack?: boolean;
}

const GREY = { cb: 128, cr: 128 };

export class NumberedPicture {
  readonly width: number;
  readonly height: number;
  readonly tint: PictureOptions['tint'];
  readonly #side: number;
  readonly #isBlack: boolean;

  constructor({ width, height, tint, isBlack = false }: PictureOptions) {
    this.width = width;
    this.height = height;
    this.tint = tint;
    this.#isBlack = isBlack;
    this.#side = Math.floor(width / 32);
  }

  /** Whether the rows from `top` on, so many, look the same in every frame. */
  isStill(top: number, rows: number): boolean {
    return top >= this.#side && !this.#isBar(top, rows);
  }

  /** Luma of a pixel. */
  luma(x: number, y: number, number: number): number {
    if (this.#isBlack) return BLACK;
    if (y < this.#side && x < this.#side * NUMBER_BITS) {
      return (number >> Math.floor(x / this.#side)) & 1 ? WHITE : BLACK;
    }
    // Steps of 16 pixels, as wide as a JPEG's blocks.
    const column = x >> 4;
    if (this.#isBar(y, 1)) return column === number % (this.width >> 4) ? WHITE : BLACK;
    return 60 + Math.floor(((y & ~7) * 100) / this.height);
  }

  /** Chroma of a pixel in that row: none where the number is, so that nothing is drawn over it. */
  chroma(y: number): { cb: number; cr: number } {
    return this.#isBlack || y < this.#side ? GREY : this.tint;
  }

  #isBar(top: number, rows: number): boolean {
    const bar = (this.height >> 4) << 3;
    return top < bar + 8 && top + rows > bar;
  }
}
