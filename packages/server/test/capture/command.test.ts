import { expect, test } from 'vitest';
import { buildCaptureArgs, buildGrabArgs } from '../../src/capture/command.ts';
import { type Encoder, LIBX264 } from '../../src/capture/encoder.ts';
import type { V4l2Source } from '../../src/capture/source.ts';

const publishUrl = 'rtsp://u:p@127.0.0.1:8554/cam';
const mjpeg: V4l2Source = {
  kind: 'v4l2',
  node: '/dev/video3',
  pixelFormat: 'MJPG',
  inputFormat: 'mjpeg',
  width: 1280,
  height: 720,
  fps: 30,
};
const vaapi: Encoder = {
  name: 'h264_vaapi',
  setupArgs: ['-vaapi_device', '/dev/dri/renderD128'],
  filter: 'format=nv12,hwupload',
  args: ['-profile:v', 'constrained_baseline'],
};

test('a camera that gives JPEG is decoded and encoded with a keyframe each second and no B-frames', () => {
  const line = buildCaptureArgs({ source: mjpeg, publishUrl, encoder: LIBX264 }).join(' ');
  expect(line).toContain('-f v4l2 -input_format mjpeg -video_size 1280x720 -framerate 30 -i /dev/video3');
  expect(line).toContain(
    '-vf format=yuv420p -fps_mode vfr -c:v libx264 -preset ultrafast -tune zerolatency -profile:v baseline',
  );
  expect(line).toContain(
    '-bf 0 -g 15 -keyint_min 15 -force_key_frames expr:if(lt(t,1),gte(t,n_forced*0.2),gte(t,n_forced/2-1.5))',
  );
  expect(line).toMatch(
    /-progress pipe:3 -stats_period 0\.5 .*-nostdin|-nostdin .*-progress pipe:3 -stats_period 0\.5/u,
  );
  expect(line.endsWith(`-an -pkt_size 1300 -f rtsp -rtsp_transport tcp ${publishUrl}`)).toBe(true);
});

test('a camera that gives H.264 is copied', () => {
  const source = { ...mjpeg, pixelFormat: 'H264', inputFormat: 'h264' };
  const line = buildCaptureArgs({ source, publishUrl, encoder: vaapi }).join(' ');
  expect(line).toContain('-i /dev/video3 -map 0:v -c:v copy -an');
  expect(line).not.toMatch(/-vf|-g |vaapi/u);
});

test('a hardware encoder gets its device, its upload and a bitrate', () => {
  const line = buildCaptureArgs({ source: mjpeg, publishUrl, encoder: vaapi, bitrate: 3_000_000 }).join(' ');
  expect(line.indexOf('-vaapi_device /dev/dri/renderD128')).toBeLessThan(line.indexOf('-i /dev/video3'));
  expect(line).toContain(
    '-vf format=nv12,hwupload -fps_mode vfr -c:v h264_vaapi -profile:v constrained_baseline -b:v 3000000',
  );
  expect(line).not.toContain('-crf');
});

test.each([
  [640, 480, 30, 921_600],
  [320, 240, 5, 300_000],
])('the bitrate of %ix%i at %i is bounded by %i', (width, height, fps, bitrate) => {
  const line = buildCaptureArgs({
    source: { ...mjpeg, width, height, fps },
    publishUrl,
    encoder: LIBX264,
  }).join(' ');
  expect(line).toContain(`-crf 23 -maxrate ${bitrate} -bufsize ${bitrate}`);
});

test('a fraction of a frame a second still makes a keyframe group', () => {
  const line = buildCaptureArgs({ source: { ...mjpeg, fps: 0.4 }, publishUrl, encoder: LIBX264 }).join(' ');
  expect(line).toContain('-framerate 0.4');
  expect(line).toContain('-g 1 ');
});

test('the test picture is the only input of a test camera, and its label can hold anything', () => {
  const source = { kind: 'test', width: 640, height: 360, fps: 25, label: `It's 50%: a\\b [x];y` } as const;
  const args = buildCaptureArgs({ source, publishUrl, encoder: LIBX264 });
  expect(args).not.toContain('-i');
  const graph = args[args.indexOf('-filter_complex') + 1] ?? '';
  expect(graph).toContain(String.raw`text='It\'\''s 50%\: a\\b [x];y'`);
  expect(graph.endsWith('[v];[v]format=yuv420p[out]')).toBe(true);
});

test('a grab passes over the first dark frames of a device', () => {
  const line = buildGrabArgs({ source: mjpeg, format: 'jpg', qscale: 3 }).join(' ');
  expect(line).toContain(
    String.raw`-vf select=gte(n\,3)+gte(t\,0.5) -frames:v 1 -c:v mjpeg -q:v 3 -f image2pipe pipe:1`,
  );
});
