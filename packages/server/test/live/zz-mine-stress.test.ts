import { Service } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
test('starts', async () => {
  for (let n = 0; n < 25; n++) {
    const service = await Service.launch({ mediamtx: 'managed' });
    const t = Date.now();
    try { await service.untilReady(); } catch (error) { console.log(n, String(error), service.log.slice(-6000)); throw error; }
    if (Date.now() - t > 5000) console.log(n, Date.now() - t);
    expect(service.ready.mediamtx.pid).not.toBeNull();
    await service[Symbol.asyncDispose]();
  }
}, 600000);
