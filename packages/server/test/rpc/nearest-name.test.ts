import { expect, it } from 'vitest';
import { nearestName } from '../../src/rpc/nearest-name.ts';

const names = ['ping', 'get_camera_list', 'get_camera_status', 'list_recordings'];

it.each([
  ['get_camera_lists', 'get_camera_list'],
  ['GetCameraStatus', 'get_camera_status'],
  ['list.recordings', 'list_recordings'],
  ['pnig', undefined],
  ['pin', 'ping'],
  ['record', undefined],
  ['', undefined],
  ['x'.repeat(65), undefined],
])('%s is near to %s', (written, name) => {
  expect(nearestName(written, names)).toBe(name);
});
