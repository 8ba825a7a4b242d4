// The controls that the webcam has, with the ranges that a driver reads from it.

/** The parts of the webcam that have controls, by UVC's numbers. */
export const ENTITY = { camera: 1, processing: 2 };
type Entity = keyof typeof ENTITY;

export interface ControlFacts {
  entity: Entity;
  selector: number;
  /** Its bit among the entity's controls. */
  bit: number;
  bytes: 1 | 2 | 4;
  min: number;
  max: number;
  /** Of a bitmap: the values that there are. */
  step: number;
  initial: number;
  /** It may be set only while that control has that value. */
  needs?: { control: string; value: number };
}

export const CONTROLS = {
  brightness: { entity: 'processing', selector: 2, bit: 0, bytes: 2, min: -64, max: 64, step: 1, initial: 0 },
  contrast: { entity: 'processing', selector: 3, bit: 1, bytes: 2, min: 0, max: 64, step: 1, initial: 32 },
  saturation: { entity: 'processing', selector: 7, bit: 3, bytes: 2, min: 0, max: 128, step: 1, initial: 64 },
  /** 0 disabled, 1 50 Hz, 2 60 Hz. */
  powerLineFrequency: {
    entity: 'processing',
    selector: 5,
    bit: 10,
    bytes: 1,
    min: 0,
    max: 2,
    step: 1,
    initial: 1,
  },
  whiteBalanceAuto: {
    entity: 'processing',
    selector: 11,
    bit: 12,
    bytes: 1,
    min: 0,
    max: 1,
    step: 1,
    initial: 1,
  },
  /** In kelvin. */
  whiteBalanceTemperature: {
    ...{
      entity: 'processing',
      selector: 10,
      bit: 6,
      bytes: 2,
      min: 2800,
      max: 6500,
      step: 10,
      initial: 4600,
    },
    needs: { control: 'whiteBalanceAuto', value: 0 },
  },
  /** A bitmap: 1 manual, 8 aperture priority. */
  exposureMode: { entity: 'camera', selector: 2, bit: 1, bytes: 1, min: 1, max: 8, step: 9, initial: 8 },
  /** In 100 us. */
  exposureTime: {
    ...{ entity: 'camera', selector: 4, bit: 3, bytes: 4, min: 3, max: 2047, step: 1, initial: 250 },
    needs: { control: 'exposureMode', value: 1 },
  },
  zoom: { entity: 'camera', selector: 11, bit: 9, bytes: 2, min: 100, max: 500, step: 1, initial: 100 },
} as const satisfies Record<string, ControlFacts>;

export type WebcamControl = keyof typeof CONTROLS;

/** Each control with its name. */
export const controlEntries: [WebcamControl, ControlFacts][] = Object.entries(CONTROLS) as [
  WebcamControl,
  ControlFacts,
][];

/** Which controls an entity has, one bit each. */
export function controlBitmap(entity: Entity, bytes: number): Buffer {
  const bitmap = Buffer.alloc(bytes);
  const bits = controlEntries
    .filter(([, facts]) => facts.entity === entity)
    .reduce((sum, [, { bit }]) => sum + 2 ** bit, 0);
  bitmap.writeUIntLE(bits, 0, bytes);
  return bitmap;
}
