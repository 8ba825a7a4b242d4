import type { Result } from '@mediamtx-camera-service/client';
import { useReading, type Read, type Reading } from './use-reading.ts';

/** One change of state. */
export type Transition = Result<'get_camera_history'>['transitions'][number];

const readHistory: Read<Transition[]> = async (client, device, signal) =>
  (await client.call('get_camera_history', { device }, { signal })).transitions;

/** A camera's last changes of state, newest first; grows with each change. */
export function useHistory(device: string): Reading<Transition[]> {
  return useReading(readHistory, { device });
}
