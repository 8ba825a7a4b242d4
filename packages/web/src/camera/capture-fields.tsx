import type { Result } from '@mediamtx-camera-service/client';
import type { CameraView } from '../app-state.ts';
import { NumberField, SelectField } from './setting-fields.tsx';
import { panelTexts } from './texts.ts';
import { useReading, type Read } from './use-reading.ts';
import type { CameraSettings, Settings } from './use-settings.ts';

type Capabilities = Result<'get_camera_capabilities'>;

const said = panelTexts.settings;
const { fields, hints } = said;

const readCapabilities: Read<Capabilities> = (client, device, signal) =>
  client.call('get_camera_capabilities', { device }, { signal });

interface CaptureFieldsProps {
  camera: CameraView;
  form: Settings;
  settings: CameraSettings;
}

/** When and how the camera is captured. */
export function CaptureFields({ camera, form, settings }: CaptureFieldsProps) {
  const { value: capabilities } = useReading(readCapabilities, { device: camera.device });
  const { stateOf, save } = form;
  const resolutions = (capabilities?.resolutions ?? []).map(
    (size) => [size, size.replace('x', '×')] as const,
  );
  const rates = (capabilities?.fps_options ?? []).map((fps) => [String(fps), String(fps)] as const);
  return (
    <>
      <SelectField
        label={fields.mode}
        value={settings.mode}
        ofNull={said.asService}
        options={Object.entries(said.modes)}
        state={stateOf('mode')}
        onSave={(mode) => save('mode', { mode: mode as CameraSettings['mode'] })}
      />
      <SelectField
        label={fields.resolution}
        hint={hints.resolution}
        value={settings.resolution}
        ofNull={said.asService}
        options={resolutions}
        state={stateOf('resolution')}
        onSave={(resolution) => save('resolution', { resolution })}
      />
      <SelectField
        label={fields.fps}
        value={settings.fps === null ? null : String(settings.fps)}
        ofNull={said.asService}
        options={rates}
        state={stateOf('fps')}
        onSave={(fps) => save('fps', { fps: fps === null ? null : Number(fps) })}
      />
      <NumberField
        label={fields.bitrate}
        unit={said.units.bitrate}
        value={settings.bitrate}
        placeholder={said.asService}
        state={stateOf('bitrate')}
        onSave={(bitrate) => save('bitrate', { bitrate })}
        onRefuse={(problem) => form.refuse('bitrate', problem)}
      />
      <SelectField
        label={fields.quality}
        hint={hints.quality}
        value={settings.quality}
        ofNull={said.asService}
        options={Object.entries(said.qualities)}
        state={stateOf('quality')}
        onSave={(quality) => save('quality', { quality: quality as CameraSettings['quality'] })}
      />
    </>
  );
}
