import { Button } from '@mantine/core';
import type { CameraView } from '../app-state.ts';
import { useAppState } from '../app-context.ts';
import panelStyles from './camera-panel.module.css';
import { defaultOf, groupOf, isAtDefault, lockOf, type Control, type ControlGroup } from './control.ts';
import { ControlField } from './control-field.tsx';
import styles from './controls.module.css';
import { panelTexts } from './texts.ts';
import { useControls } from './use-controls.ts';

const said = panelTexts.controls;
const groups = Object.entries(said.groups) as [ControlGroup, string][];
const unreachable = new Set<CameraView['state']>(['absent', 'probing', 'failed', 'disabled']);

export function ControlsSection({ camera }: { camera: CameraView }) {
  if (unreachable.has(camera.state)) return <p className={panelStyles.text}>{said.away}</p>;
  return <ReachableControls device={camera.device} />;
}

function ReachableControls({ device }: { device: string }) {
  const isOperator = useAppState(({ role }) => role !== 'viewer');
  const { controls, error, refusals, set } = useControls(device);
  if (error !== null && !controls) {
    return (
      <p className={panelStyles.problem} role="alert">
        {error}
      </p>
    );
  }
  if (!controls) return <p className={panelStyles.text}>{panelTexts.loading}</p>;
  if (controls.length === 0) {
    return (
      <p className={panelStyles.text}>
        {said.none} {said.noneHint}
      </p>
    );
  }
  const changed = controls.filter((control) => !isAtDefault(control) && lockOf(control, controls) === null);
  return (
    <>
      {!isOperator && <p className={panelStyles.text}>{said.viewer}</p>}
      {groups.map(([group, title]) => {
        const members = controls.filter((control) => groupOf(control) === group);
        if (members.length === 0) return null;
        return (
          <section key={group} className={panelStyles.section} aria-label={title}>
            <h3>{title}</h3>
            <div className={styles.group}>
              {members.map((control) => (
                <ControlField
                  key={control.id}
                  control={control}
                  lock={lockOf(control, controls)}
                  isReadOnly={!isOperator}
                  refusal={refusals[control.name]}
                  onChange={(value) => set({ [control.name]: value })}
                />
              ))}
            </div>
          </section>
        );
      })}
      {isOperator && (
        <Button variant="default" disabled={changed.length === 0} onClick={() => set(defaultsOf(changed))}>
          {said.resetAll}
        </Button>
      )}
    </>
  );
}

function defaultsOf(controls: Control[]) {
  return Object.fromEntries(controls.map((control) => [control.name, defaultOf(control)]));
}
