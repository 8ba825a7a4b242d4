import { isWithin } from '../auth/camera-limit.ts';
import { mayView, type Identity } from '../auth/identity.ts';

interface Limited {
  /** null: all. */
  cameras: string[] | null;
}

/** Whether a user or a key is told to the caller: not one that is only for cameras which the caller may not know of. */
export function isTold(caller: Identity | undefined): (entry: Limited) => boolean {
  return ({ cameras }) =>
    caller === undefined || cameras === null || cameras.some((device) => mayView(caller, device));
}

/** The entry without the cameras that the caller may not know of. */
export function withoutForeign(caller: Identity | undefined): <T extends Limited>(entry: T) => T {
  return (entry) => {
    if (caller === undefined || entry.cameras === null || isWithin(entry.cameras, caller)) return entry;
    return { ...entry, cameras: entry.cameras.filter((device) => mayView(caller, device)) };
  };
}
