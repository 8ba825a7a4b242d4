import { writeFile } from 'node:fs/promises';
import { TempDir, until } from '@mediamtx-camera-service/testkit';
import { scope } from './scope.mjs';
import { trueAgeMs } from './test-picture.mjs';

/**
 * Waits until the viewer has a picture of a new stream, and gives the ms from `sinceMs` (epoch) to it. That the picture
 * was made after it is read from the frame's own number; one that was still under way is passed over.
 */
export async function untilFreshFrame(viewer, sinceMs) {
  const before = viewer.connection;
  const isNew = ({ connection }) => connection > before;
  // Two keyframes are more than can be under way, for a server that would keep the viewer.
  await until(() => viewer.keyframes.some(isNew) || viewer.keyframes.length > 2, {
    what: 'a new frame at the viewer',
    timeoutMs: 60_000,
    intervalMs: 10,
  });
  for (const { atMs, data } of viewer.keyframes) {
    if (await wasShownAfter(data, sinceMs)) return atMs - sinceMs;
  }
  throw new Error('every frame at the viewer was an old one');
}

async function wasShownAfter(picture, sinceMs) {
  return await scope(async (use) => {
    const dir = await use(TempDir.create());
    const file = dir.join('picture.h264');
    await writeFile(file, picture);
    return (await trueAgeMs(file, sinceMs)) < 0;
  });
}
