import { ownerVariable } from './leftovers.ts';

/**
 * What a program that the service starts gets to know: its own environment without the service's configuration, which
 * may hold secrets that anybody who may look at the program could read.
 */
export function childEnvironment(from: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const passed = Object.entries(from).filter(
    ([name]) => !name.startsWith('CAMERA_SERVICE_') || name === ownerVariable,
  );
  return Object.fromEntries(passed);
}
