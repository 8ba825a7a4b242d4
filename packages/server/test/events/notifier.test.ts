import { pino } from 'pino';
import { expect, it } from 'vitest';
import { Notifier, type StateChange } from '../../src/events/notifier.ts';

it('a notification reaches every listener, past one that fails, until it is taken away', () => {
  const notifier = new Notifier({ log: pino({ level: 'silent' }) });
  const seen: StateChange[] = [];
  notifier.onNotify(() => {
    throw new Error('listener');
  });
  const unlisten = notifier.onNotify((change) => seen.push(change));
  const params = {
    device: 'camera0',
    status: 'STARTED' as const,
    filename: 'camera0.mp4',
    duration: 0,
    session_id: 's',
    reason: null,
  };
  notifier.notify('recording_status_update', params, 'camera0');
  unlisten();
  notifier.notify('recording_status_update', params, 'camera0');
  expect(seen).toEqual([{ name: 'recording_status_update', params, device: 'camera0' }]);
});
