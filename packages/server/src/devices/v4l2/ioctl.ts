import { constants as fsConstants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { constants as osConstants } from 'node:os';

type IoctlArguments = [fd: number, request: number, argument: Buffer];
interface IoctlFunction {
  (...call: IoctlArguments): number;
  async: (...call: [...IoctlArguments, answer: (error: Error | null, result: number) => void]) => void;
}
interface Libc {
  ioctl: IoctlFunction;
  readErrno: () => number;
  addressOf: (memory: Buffer) => bigint;
}

/** An ioctl that failed; `code` is the errno's name, such as ENODEV. */
export class IoctlError extends Error {
  override readonly name = 'IoctlError';
  readonly code: string;

  constructor(request: number, code: string) {
    super(`ioctl 0x${request.toString(16)}: ${code}`);
    this.code = code;
  }
}

/** The C library cannot be called on this machine. */
export class NativeCallsUnavailableError extends Error {
  override readonly name = 'NativeCallsUnavailableError';
}

const errnoNames = new Map(Object.entries(osConstants.errno).map(([name, value]) => [value, name]));

// Loaded with the first node, so that a machine without cameras never pays for it or fails on it.
let libc: Promise<Libc> | undefined;

/** Makes the first `openDevice` as fast as the later ones. Throws NativeCallsUnavailableError. */
export async function prepareNativeCalls(): Promise<void> {
  libc ??= loadLibc();
  await libc;
}

async function loadLibc(): Promise<Libc> {
  try {
    const { default: koffi } = await import('koffi');
    // null: the symbols of this process, so that glibc and musl both serve.
    const ioctl = koffi.load(null).func('int ioctl(int, unsigned long, void*)') as IoctlFunction;
    return { ioctl, readErrno: () => koffi.errno(), addressOf: (memory) => koffi.address(memory) };
  } catch (error) {
    throw new NativeCallsUnavailableError('the C library cannot be called', { cause: error });
  }
}

function ioctlError(request: number, errno: number): IoctlError {
  return new IoctlError(request, errnoNames.get(errno) ?? `errno ${errno}`);
}

/** An open device node. */
export class V4l2Device {
  readonly #handle: FileHandle;
  readonly #libc: Libc;

  constructor(handle: FileHandle, native: Libc) {
    this.#handle = handle;
    this.#libc = native;
  }

  /** Fills `argument`. Throws IoctlError. Blocks the event loop: for queries that touch no hardware. */
  ioctl(request: number, argument: Buffer): void {
    for (;;) {
      if (this.#libc.ioctl(this.#handle.fd, request, argument) !== -1) return;
      const errno = this.#libc.readErrno();
      if (errno !== osConstants.errno.EINTR) throw ioctlError(request, errno);
    }
  }

  /**
   * As `ioctl`, off the event loop: for what goes over the wire to the camera. Do not close the device before the
   * answer; memory that `argument` points to must be used after it, so that it lives until then.
   */
  async ioctlAsync(request: number, argument: Buffer): Promise<void> {
    for (;;) {
      const errno = await this.#callAsync(request, argument);
      if (errno === 0) return;
      if (errno !== osConstants.errno.EINTR) throw ioctlError(request, errno);
    }
  }

  /** Where the bytes are in memory, for structs that point to others. */
  addressOf(memory: Buffer): bigint {
    return this.#libc.addressOf(memory);
  }

  #callAsync(request: number, argument: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#libc.ioctl.async(this.#handle.fd, request, argument, (error, result) => {
        if (error !== null) reject(error);
        // The call's own errno is only in place during this callback.
        else resolve(result === -1 ? this.#libc.readErrno() : 0);
      });
    });
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/**
 * Opens a node beside whoever streams from it. Opening may wait for the device to wake up, hence off the
 * event loop. Throws the file system's error (its `code`: EACCES, ENODEV…) or NativeCallsUnavailableError.
 */
export async function openDevice(node: string): Promise<V4l2Device> {
  const handle = await open(node, fsConstants.O_RDWR | fsConstants.O_NONBLOCK);
  try {
    libc ??= loadLibc();
    return new V4l2Device(handle, await libc);
  } catch (error) {
    await handle.close();
    throw error;
  }
}
