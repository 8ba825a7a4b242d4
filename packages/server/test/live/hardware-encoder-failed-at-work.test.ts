import { writeFile } from 'node:fs/promises';
import { TempDir } from '@mediamtx-camera-service/testkit';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { Recovery } from '../../src/cameras/recovery.ts';
import { Repair } from '../../src/cameras/repair.ts';
import { type Encoder, LIBX264 } from '../../src/capture/encoder.ts';
import { type Capture, EncoderChooser } from '../../src/capture/index.ts';
import { createCapture, ffmpegPath, LiveMediaMtx, patience } from './media-harness.ts';

const hardware: Encoder = { ...LIBX264, name: 'h264_vaapi' };

/**
 * The fault put in, as few machines have such hardware, and none has it fail when asked: the real ffmpeg behind a script,
 * with an encoder that passes its trial, which libx264 plays, and fails with ffmpeg's own words as soon as it is to publish.
 */
const ffmpegOfTheHardware = `#!/bin/sh
case "$*" in
  *h264_vaapi*rtsp:*) echo '[h264_vaapi @ 0x5] [error] Failed to create surface: resource allocation failed' >&2; exit 1;;
esac
for word do
  shift
  [ "$word" = h264_vaapi ] && word=libx264
  set -- "$@" "$word"
done
exec ${ffmpegPath} "$@"
`;

test('it is passed over from the next run on, and the camera publishes with libx264', async () => {
  await using server = await LiveMediaMtx.start();
  await using dir = await TempDir.create();
  const ffmpeg = dir.join('ffmpeg');
  await writeFile(ffmpeg, ffmpegOfTheHardware, { mode: 0o755 });
  const encoder = new EncoderChooser({ findHardware: async () => [hardware] });
  const recovery = new Recovery();
  const ended: string[] = [];
  const repair = new Repair({
    recovery,
    node: () => null,
    recheck: async () => undefined,
    whoHolds: async () => undefined,
    isThere: () => true,
    lowerMode: () => undefined,
    onChange: () => undefined,
    noteEncoderFailure: () => encoder.noteFailure(capture.state.encoder),
    log: pino({ level: 'silent' }),
  });
  await using capture: Capture & AsyncDisposable = createCapture(server, {
    ffmpeg: () => ffmpeg,
    encoder,
    recover: async (end, signal) => {
      ended.push(`${end.code} of ${capture.state.encoder}`);
      await repair.carryOut(recovery.fail(end), end, signal);
    },
  });
  capture.want(true);
  await expect.poll(() => capture.state.status, patience).toBe('publishing');
  expect(capture.state.encoder).toBe('libx264');
  expect(ended).toEqual(['encoder_failed of h264_vaapi']);
});
