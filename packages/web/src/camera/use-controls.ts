import { useState } from 'react';
import { useApp } from '../app-context.ts';
import { explainField } from '../explain.ts';
import type { Control } from './control.ts';
import { ControlSender, type ControlValues } from './control-sender.ts';
import { useReading, type Read } from './use-reading.ts';

export interface Controls {
  /** With the values that were chosen here, until the camera has answered; undefined while it is asked. */
  controls: Control[] | undefined;
  error: string | null;
  /** Why a value was refused, by the name of its control. */
  refusals: Record<string, string>;
  set: (values: ControlValues) => void;
}

const readControls: Read<Control[]> = async (client, device, signal) =>
  (await client.call('get_camera_controls', { device }, { signal })).controls;

/** The picture controls of a camera that can be reached, and what is done to them here. */
export function useControls(device: string): Controls {
  const { client } = useApp();
  const { value: read, error, reread, replace } = useReading(readControls, { device });
  const [chosen, setChosen] = useState<ControlValues>({});
  const [refusals, setRefusals] = useState<Record<string, string>>({});
  const [sender] = useState(
    () =>
      new ControlSender({
        send: async (values) =>
          (await client.call('set_camera_controls', { device, controls: values })).controls,
        onSet: (controls, sent) => {
          replace(controls);
          setChosen((now) => withoutSent(now, sent));
        },
        onRefused: (problem, sent) => {
          setChosen((now) => withoutSent(now, sent));
          setRefusals((now) => ({ ...now, ...mapValues(sent, explainField(problem)) }));
          reread();
        },
      }),
  );
  const controls = read?.map((control) => {
    const value = chosen[control.name];
    return value === undefined ? control : { ...control, value };
  });
  const set = (values: ControlValues): void => {
    setChosen((now) => ({ ...now, ...values }));
    setRefusals((now) => withoutNames(now, values));
    sender.add(values);
  };
  return { controls, error, refusals, set };
}

/** A value that was chosen anew meanwhile stays chosen. */
function withoutSent(chosen: ControlValues, sent: ControlValues): ControlValues {
  return Object.fromEntries(Object.entries(chosen).filter(([name, value]) => value !== sent[name]));
}

function withoutNames<T>(record: Record<string, T>, names: object): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !Object.hasOwn(names, name)));
}

function mapValues(values: ControlValues, text: string): Record<string, string> {
  return Object.fromEntries(Object.keys(values).map((name) => [name, text]));
}
