import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { AppError } from '../errors.ts';

const logN = 15;
const blockSize = 8;
const parallelism = 1;
const saltBytes = 16;
const hashBytes = 32;
const maxRunning = 2;
const maxWaiting = 16;
const retryAfterMs = 1_000;

interface StoredPassword {
  logN: number;
  blockSize: number;
  parallelism: number;
  salt: Buffer;
  hash: Buffer;
}

/**
 * Hashes passwords by scrypt (N = 2^15, r = 8, p = 1: 32 MiB and some 100 ms each), in the form
 * `$scrypt$ln=15,r=8,p=1$SALT$HASH`. At most two run at once and a few wait, so that guessing never starves the rest of
 * the service; beyond that a caller is told `rate_limited`.
 */
export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  async hash(password: string): Promise<string> {
    const salt = randomBytes(saltBytes);
    const hash = await this.#derive(password, {
      logN,
      blockSize,
      parallelism,
      salt,
      hash: Buffer.alloc(hashBytes),
    });
    return `$scrypt$ln=${logN},r=${blockSize},p=${parallelism}$${toText(salt)}$${toText(hash)}`;
  }

  /** False for a wrong password. Without `stored` it is false after the same time: who exists can't be measured. */
  async verify(password: string, stored: string | undefined): Promise<boolean> {
    const known = stored === undefined ? nobodysPassword() : parse(stored);
    const isEqual = timingSafeEqual(await this.#derive(password, known), known.hash);
    return isEqual && stored !== undefined;
  }

  async #derive(password: string, { salt, hash, ...cost }: StoredPassword): Promise<Buffer> {
    await this.#enter();
    try {
      // Unicode has several forms of one text; keyboards differ in which they send.
      return await runScrypt(password.normalize('NFC'), salt, {
        length: hash.length,
        options: {
          N: 2 ** cost.logN,
          r: cost.blockSize,
          p: cost.parallelism,
          maxmem: 256 * 2 ** cost.logN * cost.blockSize,
        },
      });
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < maxRunning) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= maxWaiting) {
      throw new AppError('rate_limited', {
        reason: 'too_many_logins',
        details: 'too many passwords are being checked at the moment',
        suggestion: 'try again in a second',
        retry_after_ms: retryAfterMs,
      });
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The place goes to the next in line, so that nobody can slip in between. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running -= 1;
  }
}

function runScrypt(
  password: string,
  salt: Buffer,
  { length, options }: { length: number; options: ScryptOptions },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, options, (error, hash) => (error ? reject(error) : resolve(hash)));
  });
}

function nobodysPassword(): StoredPassword {
  return { logN, blockSize, parallelism, salt: randomBytes(saltBytes), hash: randomBytes(hashBytes) };
}

function parse(stored: string): StoredPassword {
  const match = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]+)\$([\w-]+)$/.exec(stored);
  if (!match) throw new Error('a stored password has a form that is not known');
  const [, n, r, p, salt, hash] = match;
  return {
    logN: Number(n),
    blockSize: Number(r),
    parallelism: Number(p),
    salt: Buffer.from(salt!, 'base64url'),
    hash: Buffer.from(hash!, 'base64url'),
  };
}

function toText(bytes: Buffer): string {
  return bytes.toString('base64url');
}
