import panelStyles from './camera-panel.module.css';
import { NumberField, SelectField } from './setting-fields.tsx';
import styles from './settings.module.css';
import { panelTexts } from './texts.ts';
import type { CameraSettings, Settings } from './use-settings.ts';

const said = panelTexts.settings;

interface RecordingFieldsProps {
  form: Settings;
  settings: CameraSettings;
}

/** What a recording is made with where nothing else is said. */
export function RecordingFields({ form, settings: { recording } }: RecordingFieldsProps) {
  const { stateOf, save, refuse } = form;
  const format = recording.format;
  return (
    <section className={panelStyles.section} aria-label={said.recording}>
      <h3>{said.recording}</h3>
      <p className={panelStyles.text}>{said.recordingHint}</p>
      <div className={styles.fields}>
        <SelectField
          label={said.fields.format}
          value={format}
          ofNull={said.asService}
          options={Object.entries(said.formats)}
          state={stateOf('format')}
          onSave={(wanted) => save('format', { recording: { format: wanted as typeof format } })}
        />
        <NumberField
          label={said.fields.duration}
          unit={said.units.seconds}
          value={recording.duration}
          placeholder={said.untilStopped}
          state={stateOf('duration')}
          onSave={(duration) => save('duration', { recording: { duration } })}
          onRefuse={(problem) => refuse('duration', problem)}
        />
        <NumberField
          label={said.fields.segment_duration}
          unit={said.units.seconds}
          value={recording.segment_duration}
          placeholder={said.asService}
          state={stateOf('segment_duration')}
          onSave={(seconds) => save('segment_duration', { recording: { segment_duration: seconds } })}
          onRefuse={(problem) => refuse('segment_duration', problem)}
        />
      </div>
    </section>
  );
}
