import { expect, test } from 'vitest';
import { findH264Track } from '../../src/taps/sdp.ts';
import { pps, sps } from './rtp-packets.ts';

const base = 'rtsp://127.0.0.1:8554/cam/';
const sets = `${sps.toString('base64')},${pps.toString('base64')}`;
const audio = ['m=audio 0 RTP/AVP 97', 'a=control:trackID=0', 'a=rtpmap:97 opus/48000/2'];
const video = (control: string): string[] => [
  'm=video 0 RTP/AVP 96',
  `a=control:${control}`,
  'a=rtpmap:96 H264/90000',
  `a=fmtp:96 packetization-mode=1; sprop-parameter-sets=${sets}; profile-level-id=42C01F`,
];
const write = (...lines: string[]): string => ['v=0', 's=x', 'a=control:*', ...lines, ''].join('\r\n');

test.each([
  ['trackID=1', 'rtsp://127.0.0.1:8554/cam/trackID=1'],
  ['rtsp://10.0.0.1/other/trackID=1', 'rtsp://10.0.0.1/other/trackID=1'],
  ['*', base],
])('the track with control %s is set up at %s', (control, url) => {
  const track = findH264Track(write(...audio, ...video(control)), base);
  expect(track).toEqual({ control: url, parameterSets: [sps, pps] });
});

test('a base without a slash at its end gets one', () => {
  expect(findH264Track(write(...video('trackID=1')), 'rtsp://h/cam').control).toBe('rtsp://h/cam/trackID=1');
});

test('parameter sets may be missing', () => {
  expect(findH264Track(write('m=video 0 RTP/AVP 96', 'a=rtpmap:96 h264/90000'), base).parameterSets).toEqual(
    [],
  );
});

test('other codecs and a missing video are named', () => {
  const h265 = write('m=video 0 RTP/AVP 96', 'a=rtpmap:96 H265/90000');
  expect(() => findH264Track(h265, base)).toThrow('the video is H265, not H.264');
  expect(() => findH264Track(write(...audio), base)).toThrow('the stream has no video');
});
