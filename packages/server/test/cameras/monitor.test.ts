import { pino } from 'pino';
import { expect, test } from 'vitest';
import { CameraMonitor } from '../../src/cameras/monitor.ts';
import { TestWatcher } from '../../src/devices/test/watcher.ts';

const nothing = (): void => {};

test('each device that comes and goes is told in one line, with its name', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line) => lines.push(line) });
  const watcher = new TestWatcher({ count: 0, width: 640, height: 360, fps: 15 });
  const registry = {
    reconcile: nothing,
    onSettled: nothing,
    stop: nothing,
    list: () => [],
    isHolding: () => false,
  };
  const monitor = new CameraMonitor({ registry, usb: undefined, test: watcher, testCameras: 2, log });
  await monitor.start();
  watcher.setCount(1);
  await monitor.stop();
  const told = lines.map((line): unknown => JSON.parse(line));
  expect(told).toMatchObject([
    { msg: 'a device was found', name: 'Test camera', node: null, isConfirmed: true },
    { msg: 'a device was found', name: 'Test camera 2' },
    { msg: 'a device was lost', name: 'Test camera 2' },
  ]);
});
