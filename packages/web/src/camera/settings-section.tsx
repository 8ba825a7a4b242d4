import type { CameraView } from '../app-state.ts';
import panelStyles from './camera-panel.module.css';
import { CaptureFields } from './capture-fields.tsx';
import { RecordingFields } from './recording-fields.tsx';
import { SwitchField, TextField } from './setting-fields.tsx';
import styles from './settings.module.css';
import { panelTexts } from './texts.ts';
import { useSettings } from './use-settings.ts';

const said = panelTexts.settings;

export function SettingsSection({ camera }: { camera: CameraView }) {
  const form = useSettings(camera.device);
  const { settings, error } = form;
  if (!settings) {
    return (
      <p className={error === null ? panelStyles.text : panelStyles.problem}>{error ?? panelTexts.loading}</p>
    );
  }
  return (
    <>
      <section className={panelStyles.section} aria-label={panelTexts.tabs.settings}>
        <p className={panelStyles.text}>{said.applied}</p>
        <div className={styles.fields}>
          <TextField
            // Renamed elsewhere, it is the other name that would be edited.
            key={camera.name}
            label={said.fields.name}
            value={settings.name}
            placeholder={said.asDeviceIs(camera.name)}
            state={form.stateOf('name')}
            onSave={(name) => form.save('name', { name })}
          />
          <SwitchField
            label={said.fields.enabled}
            hint={said.hints.enabled}
            isOn={camera.enabled}
            state={form.stateOf('enabled')}
            onSave={(enabled) => form.save('enabled', { enabled })}
          />
          <CaptureFields camera={camera} form={form} settings={settings} />
        </div>
      </section>
      <RecordingFields form={form} settings={settings} />
    </>
  );
}
