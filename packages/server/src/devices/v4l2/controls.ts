import { applyControls } from './control-apply.ts';
import { ControlError, ControlsUnavailableError } from './control-error.ts';
import { readControls, type DeviceControl } from './control-list.ts';
import type { ControlValues } from './control-value.ts';
import { openDevice, type V4l2Device } from './ioctl.ts';
import { errorCode } from './problem.ts';

export { ControlError, ControlsUnavailableError };
export type { ControlRule } from './control-error.ts';
export type { ControlFlag, ControlType } from './control-structs.ts';
export type { ControlValues, DeviceControl };

export interface ControlOptions {
  /** For the whole call, milliseconds; default 3000. */
  timeoutMs?: number;
}

type Work<T> = (device: V4l2Device, signal: AbortSignal) => Promise<T>;

const DEFAULT_TIMEOUT_MS = 3000;

// Nodes with a call that outlived its time-out. Each holds one of the process's few threads for blocking calls, so a
// node gets no second one; as the threads, this is one for the whole process.
const stuckNodes = new Set<string>();

/** All controls of a camera's node, beside whoever streams from it. Throws ControlsUnavailableError. */
export function listControls(node: string, options: ControlOptions = {}): Promise<DeviceControl[]> {
  return withDevice(node, options, readControls);
}

/**
 * Sets controls by name, automatic and other modes first; if one is wrong none is set. All controls as they read back:
 * a camera may have made another value of what it was given, and others may have become active or inactive.
 * Throws ControlError, or ControlsUnavailableError (after a time-out it is open what was set).
 */
export function setControls(
  node: string,
  values: ControlValues,
  options: ControlOptions = {},
): Promise<DeviceControl[]> {
  return withDevice(node, options, (device, signal) => applyControls(device, values, signal));
}

async function withDevice<T>(node: string, options: ControlOptions, work: Work<T>): Promise<T> {
  if (stuckNodes.has(node)) throw new ControlsUnavailableError('ETIMEDOUT');
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const abort = new AbortController();
  const running = runOn(node, abort.signal, work).finally(() => stuckNodes.delete(node));
  const timer = setTimeout(() => {
    stuckNodes.add(node);
    abort.abort(new ControlsUnavailableError('ETIMEDOUT'));
  }, timeoutMs);
  try {
    return await Promise.race([running, rejection(abort.signal)]);
  } catch (error) {
    throw toControlsError(error);
  } finally {
    clearTimeout(timer);
  }
}

async function runOn<T>(node: string, signal: AbortSignal, work: Work<T>): Promise<T> {
  const device = await openDevice(node);
  try {
    return await work(device, signal);
  } finally {
    await device.close();
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
}

/** Errors of the system and of the driver in one shape; a mistake in our own code stays what it is. */
function toControlsError(error: unknown): unknown {
  if (error instanceof ControlError || error instanceof ControlsUnavailableError) return error;
  const code = errorCode(error);
  return code === 'UNKNOWN' ? error : new ControlsUnavailableError(code, { cause: error });
}
