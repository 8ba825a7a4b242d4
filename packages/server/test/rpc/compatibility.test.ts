import { expect, it } from 'vitest';
import { fileNameWithExtension, recordingStartStatus, snapshotStatus } from '../../src/rpc/compatibility.ts';
import { createCore } from './harness/rpc-harness.ts';

it.each([
  ['/dev/video0', 'completed', 'STARTED'],
  ['camera0', 'SUCCESS', 'RECORDING'],
])('%s in a request gets the words %s and %s', (deviceForm, snapshot, recording) => {
  expect([snapshotStatus(deviceForm), recordingStartStatus(deviceForm)]).toEqual([snapshot, recording]);
});

it('a file name has its extension, once', () => {
  expect(fileNameWithExtension('door', 'jpg')).toBe('door.jpg');
  expect(fileNameWithExtension('door.JPG', 'jpg')).toBe('door.JPG');
  expect(fileNameWithExtension('door.png', 'jpg')).toBe('door.png.jpg');
});

it('the form of the device reaches the handler, by either name of the param', async () => {
  const forms: string[] = [];
  const core = createCore({
    handlers: {
      get_stream_status: (_params, { deviceForm }) => {
        forms.push(deviceForm);
        throw new Error('seen');
      },
    },
  });
  for (const params of [{ device: 'camera3' }, { device_path: '/dev/video4' }]) {
    await core.call('get_stream_status', params, 'viewer');
  }
  expect(forms).toEqual(['camera3', '/dev/video4']);
});
