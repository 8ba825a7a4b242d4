import { homedir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

import type { DeviceControl } from '../../src/devices/v4l2/controls.ts';
import { finderOf, runInGuest } from './guest-run.ts';

type Values = Record<string, DeviceControl['value']>;
interface Failure {
  name: string;
  message: string;
  control?: string;
  rule?: string;
  hint?: string;
  code?: string;
}
type Refusals = Record<string, Failure & { isUnchanged: boolean }>;

interface Findings {
  list: { controls: DeviceControl[]; isLoopFree: boolean };
  set: { returned: Values; readLater: Values; names: string[] };
  refused: { refusals: Refusals; alone: Failure };
  modes: Record<'automatic' | 'manual' | 'mode' | 'kept' | 'again', DeviceControl> & { refusal: Failure };
  streaming: Record<'hue' | 'scaler' | 'kept', DeviceControl> & { refusal: Failure };
  silent: {
    late: Failure;
    healed: boolean;
    missing: Failure;
    dead: Failure[];
    noControls: Failure | null;
  };
  again: {
    kept: Values;
    gone: Failure | null;
    forgotten: Values;
    restored: Values;
    warnings: { control?: string; rule?: string }[];
    atOnce: number;
    test: { controls: DeviceControl[]; refusal: Failure };
  };
}

/** What v4l2-ctl lists of this driver, without its arrays and structs. */
const NAMES =
  `brightness contrast saturation hue volume mute gain_automatic gain horizontal_flip vertical_flip
  alpha_component button boolean integer_32_bits integer_64_bits menu string bitmask integer_menu
  read_only_integer_32_bits test_pattern osd_text_mode horizontal_movement vertical_movement show_border show_square
  insert_sav_code_in_image insert_eav_code_in_image insert_video_guard_band sensor_flipped_horizontally
  sensor_flipped_vertically timestamp_source colorspace transfer_function y_cbcr_encoding quantization
  apply_alpha_to_red_only enable_capture_cropping enable_capture_composing enable_capture_scaler wrap_sequence_number
  wrap_timestamp fill_percentage_of_frame reduced_framerate hsv_encoding percentage_of_dropped_buffers disconnect
  inject_v4l2_buf_flag_error inject_vidioc_reqbufs_error inject_vidioc_qbuf_error inject_vidioc_streamon_error
  inject_fatal_streaming_error inject_req_validate_error`.split(/\s+/);

const ffmpeg = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'mediamtx-camera-service/ffmpeg/ffmpeg',
);

describe('controls of a real kernel', () => {
  let findings: Partial<Findings>;
  const found = finderOf<Findings>(() => findings);

  beforeAll(async () => {
    findings = await runInGuest<Findings>({
      script: 'controls.mjs',
      args: [ffmpeg],
      cameras: 2,
      timeoutS: 300,
    });
  });

  it('are listed by the names of v4l2-ctl, in its order, without headers, arrays and structs', () => {
    expect(found('list').controls.map(({ name }) => name)).toEqual(NAMES);
  });

  it.each<Partial<DeviceControl> & { name: string }>([
    { name: 'brightness', id: 0x0098_0900, type: 'int', min: 0, max: 255, step: 1, default: 128, value: 128 },
    { name: 'hue', type: 'int', min: -128, max: 128, value: 0, flags: ['slider'] },
    { name: 'gain_automatic', type: 'bool', min: 0, max: 1, value: 1, flags: ['update'] },
    { name: 'gain', type: 'int', flags: ['inactive', 'volatile'] },
    { name: 'button', type: 'button', value: null, flags: ['write_only', 'execute_on_write'] },
    { name: 'integer_32_bits', type: 'int', min: -(2 ** 31), max: 2 ** 31 - 1 },
    { name: 'integer_64_bits', type: 'int64', min: -(2 ** 53) + 1, max: 2 ** 53 - 1, value: 0 },
    { name: 'string', type: 'string', min: 2, max: 4, value: '  ', flags: ['has_payload'] },
    { name: 'bitmask', type: 'bitmask', max: 0x8040_2010, default: 0x8000_2000, value: 0x8000_2000 },
    { name: 'read_only_integer_32_bits', type: 'int', flags: ['read_only'] },
  ])('tells all of $name', (expected) => {
    expect(found('list').controls.find(({ name }) => name === expected.name)).toMatchObject(expected);
  });

  it('tells the entries that a menu has, of texts or of numbers', () => {
    const menus = new Map(found('list').controls.map(({ name, menu }) => [name, menu]));
    expect(menus.get('menu')).toEqual({ 1: 'Menu Item 1', 3: 'Menu Item 3', 4: 'Menu Item 4' });
    expect(menus.get('integer_menu')).toEqual({ 2: '2', 3: '3', 4: '5', 5: '8', 6: '13', 7: '21', 8: '42' });
    expect(menus.get('brightness')).toBeUndefined();
  });

  it('leave the event loop free while the camera is asked', () => {
    expect(found('list').isLoopFree).toBe(true);
  });

  it('are set, each type of them, and read back', () => {
    const { returned, readLater, names } = found('set');
    const expected = {
      brightness: 200,
      hue: -128,
      mute: 1,
      menu: 4,
      integer_menu: 8,
      integer_64_bits: -(2 ** 40),
      bitmask: 0x8040_0010,
      string: 'ab c',
      button: null,
    };
    expect(Object.keys(expected)).toEqual(names);
    expect(returned).toMatchObject(expected);
    expect(readLater).toMatchObject(expected);
  });

  it.each([
    ['outOfRange', 'brightness', 'range'],
    ['unknown', 'contrst', 'unknown'],
    ['noMenuItem', 'menu', 'menu'],
    ['readOnly', 'read_only_integer_32_bits', 'read_only'],
    ['inactive', 'gain', 'inactive'],
    ['unsettable', 'gain', 'inactive'],
    ['bit', 'bitmask', 'range'],
    ['longText', 'string', 'range'],
  ])('with one mistake (%s) change nothing and name it', (what, control, rule) => {
    const refusal = found('refused').refusals[what];
    expect(refusal).toMatchObject({ name: 'ControlError', control, rule, isUnchanged: true });
    expect(refusal?.hint).not.toBe('');
  });

  it('that an automatic mode decides are refused', () => {
    expect(found('refused').alone).toMatchObject({ control: 'gain', rule: 'inactive' });
  });

  it('may be set in the call that ends the automatic mode, in any order', () => {
    const { automatic, manual } = found('modes');
    expect(automatic.flags).toContain('inactive');
    expect(manual).toMatchObject({ value: 50, flags: [] });
  });

  it('go back to what they were when a mode of the same call forbids one of them', () => {
    const { refusal, mode, kept, again } = found('modes');
    expect(refusal).toMatchObject({ control: 'gain', rule: 'inactive' });
    expect(mode.value).toBe(0);
    expect(kept).toMatchObject({ value: 50, flags: [] });
    expect(again.flags).toEqual(['inactive', 'volatile']);
  });

  it('are set while another program streams, but for those that it holds', () => {
    const { hue, scaler, refusal, kept } = found('streaming');
    expect(hue.value).toBe(77);
    expect(scaler.flags).toContain('grabbed');
    expect(refusal).toMatchObject({ control: 'enable_capture_scaler', rule: 'grabbed' });
    expect(kept.value).toBe(77);
  });

  it('of a slow camera end in a time-out, and are there again when it has answered', () => {
    const { late, healed } = found('silent');
    expect(late).toMatchObject({ name: 'ControlsUnavailableError', code: 'ETIMEDOUT' });
    expect(late.message).toBe('the camera takes long to answer');
    expect(healed).toBe(true);
  });

  it('of a camera that does not answer or is not there are an error with its code', () => {
    const { missing, dead, noControls } = found('silent');
    expect(missing).toMatchObject({ name: 'ControlsUnavailableError', code: 'ENOENT' });
    expect(dead).toMatchObject([{ code: 'ENODEV' }, { code: 'ENODEV' }]);
    expect(noControls).toBeNull();
  });

  it('are remembered as they read back, but not the press of a button', () => {
    expect(found('again').kept).toEqual({ contrast: 2, gain: 30, gain_automatic: 0, menu: 1 });
  });

  it('are set again when the camera is back, whatever else fails', () => {
    const { kept, gone, forgotten, restored, warnings } = found('again');
    expect(gone).toBeNull();
    expect(forgotten).toMatchObject({ contrast: 128, gain_automatic: 1, menu: 3 });
    expect(restored).toMatchObject(kept);
    expect(restored.brightness).toBe(128);
    // The camera that was gone, then each control once.
    expect(warnings).toEqual([
      {},
      { control: 'brightness', rule: 'range' },
      { control: 'read_only_integer_32_bits', rule: 'read_only' },
    ]);
  });

  it('of one camera are set one call after another', () => {
    expect(found('again').atOnce).toBe(1);
  });

  it('of a test camera are none', () => {
    const { controls, refusal } = found('again').test;
    expect(controls).toEqual([]);
    expect(refusal).toMatchObject({ control: 'hue', rule: 'unknown', hint: 'this camera has no controls' });
  });
});
