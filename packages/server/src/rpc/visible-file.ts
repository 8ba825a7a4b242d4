import { mayView } from '../auth/identity.ts';
import { notClosedYet } from '../recordings/errors.ts';
import { unknownFile } from '../retention/kept-files.ts';
import type { RecordingRow, RecordingStore, SessionRow } from '../store/recordings.ts';
import type { SnapshotRow, SnapshotStore } from '../store/snapshots.ts';
import type { CallContext } from './call.ts';

/** The closed recording that a call names; throws `invalid_state` for one that is not closed yet. */
export function visibleRecording(
  store: Pick<RecordingStore, 'find' | 'findSession'>,
  filename: string,
  context: CallContext,
): RecordingRow {
  const row = store.find(filename);
  if (row && isVisible(row, context)) return row;
  const session = store.findSession(filename);
  if (session && isVisible(session, context)) throw notClosedYet(session);
  throw unknownFile({ kind: 'recordings', filename });
}

/** The recording that a call names, closed or not. */
export function visibleRecordingOrSession(
  store: Pick<RecordingStore, 'find' | 'findSession'>,
  filename: string,
  context: CallContext,
): RecordingRow | SessionRow {
  const entry = store.find(filename) ?? store.findSession(filename);
  if (!entry || !isVisible(entry, context)) throw unknownFile({ kind: 'recordings', filename });
  return entry;
}

export function visibleSnapshot(
  store: Pick<SnapshotStore, 'find'>,
  filename: string,
  context: CallContext,
): SnapshotRow {
  const row = store.find(filename);
  if (!row || !isVisible(row, context)) throw unknownFile({ kind: 'snapshots', filename });
  return row;
}

/** A file of a camera that the caller may not see is as unknown as one that isn't there. */
function isVisible({ device }: { device: string }, { identity, noteDevice }: CallContext): boolean {
  noteDevice(device);
  return !identity || mayView(identity, device);
}
