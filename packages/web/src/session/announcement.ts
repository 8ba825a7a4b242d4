import type { NotificationParams } from '@mediamtx-camera-service/client';
import type { CameraView } from '../app-state.ts';
import { texts } from '../texts.ts';

/** One sentence for what a person would want to hear; steps on the way to a picture are none of that. */
export function announcementOf(
  before: CameraView,
  now: NotificationParams<'camera_status_update'>,
): string | undefined {
  const { state, name, reason_code, status_reason } = now;
  const ofState = {
    absent: texts.said.gone,
    failed: texts.said.trouble,
    busy: texts.said.busy,
    lent: texts.said.lent,
    off: texts.said.off,
    disabled: texts.said.disabled,
  };
  if (state === 'probing') return undefined;
  if (state in ofState) {
    return before.state === state ? undefined : ofState[state as keyof typeof ofState](name);
  }
  if (before.state in ofState) return texts.said.back(name);
  const isNews = state === 'live' && status_reason !== null && reason_code !== before.reason_code;
  return isNews ? texts.said.condition(name, status_reason) : undefined;
}
