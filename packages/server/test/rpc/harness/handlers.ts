import { isMethodName, methods } from '@mediamtx-camera-service/protocol';
import type { EventLog } from '../../../src/events/event-log.ts';
import type { Notifier } from '../../../src/events/notifier.ts';
import { AppError, notFound } from '../../../src/errors.ts';
import type { CallContext, HandlerTable } from '../../../src/rpc/call.ts';
import { recordingStartStatus } from '../../../src/rpc/compatibility.ts';
import { sampleOf } from './sample.ts';

export interface WorldDeps {
  events: EventLog;
  notifier: Notifier;
}

/**
 * A world of one camera, so small that its handlers are true: `camera0` exists, records once, and says what it does.
 * Every other method answers with a sample of its result.
 */
export function createWorld({ events, notifier }: WorldDeps): HandlerTable {
  let session: string | undefined;
  return {
    ...sampleHandlers(),
    get_camera_status: ({ device }, context) => {
      find(device, context);
      return { ...sampleResult('get_camera_status'), device: context.deviceForm };
    },
    take_snapshot: async ({ device }, context) => {
      find(device, context);
      await Promise.resolve();
      events.append('snapshot.taken', { filename: 'camera0.jpg' }, device);
      await Promise.resolve();
      return sampleResult('take_snapshot');
    },
    start_recording: async ({ device, format }, context) => {
      find(device, context);
      await Promise.resolve();
      if (session !== undefined) {
        throw new AppError('invalid_state', {
          reason: 'already_recording',
          state: 'recording',
          allowed_states: ['idle'],
          session_id: session,
        });
      }
      session = 'session-1';
      events.append('recording.start', { session_id: session }, device);
      notifier.notify('recording_status_update', recordingState(session, 'STARTED'), device);
      const status = recordingStartStatus(context.deviceForm);
      return { ...sampleResult('start_recording'), session_id: session, format: format ?? 'mp4', status };
    },
  };
}

function find(device: string, { session }: CallContext): void {
  if (device !== 'camera0' || !session.mayView(device)) throw notFound('camera', device);
}

function recordingState(session_id: string, status: 'STARTED' | 'STOPPED') {
  return { device: 'camera0', status, filename: 'camera0.mp4', duration: 0, session_id, reason: null };
}

function sampleHandlers(): HandlerTable {
  return Object.fromEntries(
    Object.entries(methods).map(([name, { result }]) => [name, () => sampleOf(result)]),
  ) as unknown as HandlerTable;
}

function sampleResult<M extends keyof typeof methods>(name: M): Awaited<ReturnType<HandlerTable[M]>> {
  if (!isMethodName(name)) throw new Error(name);
  return sampleOf(methods[name].result) as Awaited<ReturnType<HandlerTable[M]>>;
}
