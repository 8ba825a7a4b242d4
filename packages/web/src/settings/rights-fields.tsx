import type { Role } from '@mediamtx-camera-service/client';
import { Checkbox, NativeSelect } from '@mantine/core';
import { useAppState } from '../app-context.ts';
import { settingsTexts } from './texts.ts';

const said = settingsTexts.rights;
const roles: Role[] = ['viewer', 'operator', 'admin'];

export interface Rights {
  role: Role;
  /** null: all. */
  cameras: string[] | null;
}

interface RightsFieldsProps {
  rights: Rights;
  onChange: (rights: Rights) => void;
  takesFocus?: boolean;
}

/** What somebody may do, and with which cameras. */
export function RightsFields({ rights, onChange, takesFocus = false }: RightsFieldsProps) {
  const { role, cameras } = rights;
  return (
    <>
      <NativeSelect
        label={said.role}
        description={said.roleHints[role]}
        value={role}
        autoFocus={takesFocus}
        onChange={({ currentTarget }) => onChange({ ...rights, role: currentTarget.value as Role })}
      >
        {roles.map((name) => (
          <option key={name} value={name}>
            {said.roles[name]}
          </option>
        ))}
      </NativeSelect>
      <NativeSelect
        label={said.cameras}
        value={cameras === null ? 'all' : 'some'}
        onChange={({ currentTarget }) =>
          onChange({ ...rights, cameras: currentTarget.value === 'all' ? null : [] })
        }
      >
        <option value="all">{said.all}</option>
        <option value="some">{said.some}</option>
      </NativeSelect>
      {cameras !== null && (
        <CameraBoxes picked={cameras} onChange={(picked) => onChange({ ...rights, cameras: picked })} />
      )}
    </>
  );
}

function CameraBoxes({ picked, onChange }: { picked: string[]; onChange: (picked: string[]) => void }) {
  const nameOf = useCameraNames();
  const known = useAppState((state) => state.cameras);
  // One that was picked before and is not shown any more can still be taken out.
  const devices = [...new Set([...known.map(({ device }) => device), ...picked])];
  return (
    <Checkbox.Group label={said.which} value={picked} onChange={onChange}>
      {devices.map((device) => (
        <Checkbox key={device} value={device} label={nameOf(device)} mt={8} />
      ))}
    </Checkbox.Group>
  );
}

/** @returns what is wrong with them, or null */
export function problemOfRights({ cameras }: Rights): string | null {
  return cameras?.length === 0 ? said.pickOne : null;
}

export function useCameraNames(): (device: string) => string {
  const cameras = useAppState((state) => state.cameras);
  return (device) => cameras.find((camera) => camera.device === device)?.name ?? device;
}

/** "Operator · Front door, Garden". */
export function RightsFacts({ role, cameras }: Rights) {
  const nameOf = useCameraNames();
  return (
    <>
      <span>{said.roles[role]}</span>
      <span>{cameras === null ? said.allShort : cameras.map(nameOf).join(', ')}</span>
    </>
  );
}
