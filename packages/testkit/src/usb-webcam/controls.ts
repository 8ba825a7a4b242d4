import { controlEntries, ENTITY, type ControlFacts, type WebcamControl } from './control-facts.ts';

/** UVC's request codes. */
export const REQUEST = {
  setCurrent: 0x01,
  current: 0x81,
  min: 0x82,
  max: 0x83,
  resolution: 0x84,
  length: 0x85,
  info: 0x86,
  default: 0x87,
};

/** Why a request was refused, as the host may ask afterwards. */
export const REFUSAL = {
  none: 0,
  notReady: 1,
  wrongState: 2,
  outOfRange: 4,
  unknownUnit: 5,
  unknownControl: 6,
  unknownRequest: 7,
};

/** The webcam's controls with their present values. */
export class Controls {
  #values = initialValues();
  #notReady: WebcamControl | undefined;

  value(control: WebcamControl): number {
    return this.#values[control];
  }

  /** Once, the next setting of the control is refused, as by a device that has just come. */
  refuseNext(control: WebcamControl): void {
    this.#notReady = control;
  }

  /** As after a loss of power. */
  reset(): void {
    this.#values = initialValues();
  }

  /** The answer to a question about a control, or the reason why there is none. */
  get(unit: number, selector: number, request: number): Buffer | number {
    const found = find(unit, selector);
    if (typeof found === 'number') return found;
    const [name, { bytes, min, max, step, initial }] = found;
    if (request === REQUEST.length) return encode(bytes, 2);
    // It can be read and set.
    if (request === REQUEST.info) return Buffer.from([0x03]);
    const values: Record<number, number> = {
      [REQUEST.current]: this.#values[name],
      [REQUEST.min]: min,
      [REQUEST.max]: max,
      [REQUEST.resolution]: step,
      [REQUEST.default]: initial,
    };
    const value = values[request];
    return value === undefined ? REFUSAL.unknownRequest : encode(value, bytes);
  }

  /** Sets a control; the reason why it was refused, or REFUSAL.none. */
  set(unit: number, selector: number, data: Buffer): number {
    const found = find(unit, selector);
    if (typeof found === 'number') return found;
    const [name, { bytes, min, max, needs }] = found;
    if (data.length < bytes) return REFUSAL.outOfRange;
    const value = min < 0 ? data.readIntLE(0, bytes) : data.readUIntLE(0, bytes);
    if (needs && this.#values[needs.control as WebcamControl] !== needs.value) return REFUSAL.wrongState;
    if (value < min || value > max) return REFUSAL.outOfRange;
    if (name === this.#notReady) {
      this.#notReady = undefined;
      return REFUSAL.notReady;
    }
    this.#values[name] = value;
    return REFUSAL.none;
  }
}

function find(unit: number, selector: number): [WebcamControl, ControlFacts] | number {
  const ofUnit = controlEntries.filter(([, { entity }]) => ENTITY[entity] === unit);
  if (ofUnit.length === 0) return REFUSAL.unknownUnit;
  return ofUnit.find(([, facts]) => facts.selector === selector) ?? REFUSAL.unknownControl;
}

function initialValues(): Record<WebcamControl, number> {
  return Object.fromEntries(controlEntries.map(([name, { initial }]) => [name, initial])) as Record<
    WebcamControl,
    number
  >;
}

function encode(value: number, bytes: number): Buffer {
  const data = Buffer.alloc(bytes);
  if (value < 0) data.writeIntLE(value, 0, bytes);
  else data.writeUIntLE(value, 0, bytes);
  return data;
}
