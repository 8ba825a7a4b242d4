import type { ParamsInput, Result } from '@mediamtx-camera-service/client';
import { useCallback, useState } from 'react';
import { viewOf } from '../app-state.ts';
import { useApp } from '../app-context.ts';
import { explainField } from '../explain.ts';
import { useReading, type Read } from './use-reading.ts';

export type CameraSettings = Result<'set_camera'>['settings'];
export type SettingsChange = Omit<ParamsInput<'set_camera'>, 'device'>;

/** How the last change of one field went. */
export type FieldState = { isSaved: true } | { isSaved: false; error: string } | undefined;

export interface Settings {
  settings: CameraSettings | undefined;
  error: string | null;
  stateOf: (field: string) => FieldState;
  save: (field: string, change: SettingsChange) => void;
  refuse: (field: string, error: string) => void;
}

const readSettings: Read<CameraSettings> = async (client, device, signal) =>
  (await client.call('get_camera_status', { device }, { signal })).settings;

/** A camera's settings; each field is saved by itself, and says how that went. */
export function useSettings(device: string): Settings {
  const { client, store } = useApp();
  const { value: settings, error, replace } = useReading(readSettings, { device, isFollowing: false });
  const [states, setStates] = useState<Record<string, FieldState>>({});
  const tell = useCallback(
    (field: string, state: FieldState) => setStates((now) => ({ ...now, [field]: state })),
    [],
  );
  const save = (field: string, change: SettingsChange): void => {
    tell(field, undefined);
    client.call('set_camera', { device, ...change }).then(
      ({ settings: answered, ...camera }) => {
        replace(answered);
        store.changeCamera(device, viewOf(camera, store.cameraOf(device)));
        tell(field, { isSaved: true });
      },
      (problem: unknown) => tell(field, { isSaved: false, error: explainField(problem) }),
    );
  };
  return {
    settings,
    error,
    stateOf: (field) => states[field],
    save,
    refuse: (field, text) => tell(field, { isSaved: false, error: text }),
  };
}
