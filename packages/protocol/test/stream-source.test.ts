import { describe, expect, test } from 'vitest';
import { methods, streamSource } from '../src/index.ts';

describe('sources that MediaMTX may pull', () => {
  test.for([
    'rtsp://192.0.2.10/stream1',
    'rtsp://192.0.2.10:554/stream1?channel=1&subtype=0',
    'rtsp://user:p%40ss@camera.example/live',
    'rtsps://camera.example:322/live',
    'rtmp://192.0.2.10/live/key',
    'rtmps://live.example/app/key',
    'http://192.0.2.10:8888/garden/index.m3u8',
    'https://video.example/index.m3u8',
    'srt://192.0.2.10:8890?streamid=read:garden',
    'whep://192.0.2.10:8889/garden/whep',
    'wheps://video.example/garden/whep',
    'RTSP://CAMERA.EXAMPLE/stream',
    'rtsp://[2001:db8::1]:554/stream',
    'rtsp://10.0.0.5/stream',
    'rtsp://[fd00::1]/stream',
    'rtsp://127.0.0.1:8554/camera0',
  ])('%s', (url) => {
    expect(streamSource.safeParse(url).success).toBe(true);
  });
});

describe('sources that are refused', () => {
  const cases: [what: string, url: string][] = [
    ['nothing', ''],
    ['no URL', 'camera'],
    ['a path', '/dev/video0'],
    ['a relative URL', '//192.0.2.10/stream'],
    ['no host', 'rtsp:///stream'],
    ['no host in an opaque URL', 'rtsp:stream'],
    ['a file', 'file:///etc/passwd'],
    ['a unix socket', 'unix:///run/camera.sock'],
    ['MediaMTX on a unix socket', 'unix+mpegts:///tmp/socket'],
    ['a publisher', 'publisher'],
    ['a redirect', 'redirect'],
    ['the Raspberry Pi camera', 'rpiCamera'],
    ['a UDP listener', 'udp+mpegts://0.0.0.0:1234'],
    ['another scheme', 'ftp://192.0.2.10/stream'],
    ['a script', 'javascript:alert(1)'],
    ['a variable', 'rtsp://192.0.2.10/$MTX_PATH'],
    ['a variable for the host', 'rtsp://$HOST/stream'],
    ['a blank', 'rtsp://192.0.2.10/a b'],
    ['a leading blank', ' rtsp://192.0.2.10/stream'],
    ['a trailing blank', 'rtsp://192.0.2.10/stream '],
    ['a no-break space', 'rtsp://192.0.2.10/a\u00a0b'],
    ['a line break', 'rtsp://192.0.2.10/stream\nrunOnInit: x'],
    ['a tab', 'rtsp://192.0.2.10/\tstream'],
    ['a NUL', 'rtsp://192.0.2.10/stream\0'],
    ['too much', `rtsp://192.0.2.10/${'a'.repeat(2048)}`],
  ];
  test.for(cases)('%s', ([, url]) => {
    expect(streamSource.safeParse(url).success).toBe(false);
  });
});

describe('link-local addresses are refused, however they are written', () => {
  test.for([
    'http://169.254.169.254/latest/meta-data/',
    'rtsp://169.254.1.2/stream',
    'rtsp://user:pass@169.254.1.2:554/stream',
    'rtsp://169.254.43518/stream',
    'rtsp://2851995905/stream',
    'rtsp://0xa9fe0101/stream',
    'rtsp://0251.0376.1.1/stream',
    'RTSP://169.254.1.2/stream',
    'rtsp://169.254.1.2./stream',
    'rtsp://[fe80::1]/stream',
    'rtsp://[FE80::1]:554/stream',
    'rtsp://[fe9f::1]/stream',
    'rtsp://[feaf::1]/stream',
    'rtsp://[febf:ffff::1]/stream',
    'rtsp://[::ffff:169.254.1.2]/stream',
    'rtsp://[::ffff:a9fe:102]/stream',
    'rtsp://[0:0:0:0:0:ffff:a9fe:0102]/stream',
    'rtsp://[::ffff:0:169.254.1.2]/stream',
    'rtsp://[64:ff9b::169.254.1.2]/stream',
    'rtsp://[2002:a9fe:102::]/stream',
    'rtsp://127.0.0.1@169.254.1.2/stream',
    'rtsp://１６９.254.1.2/stream',
    'srt://[fe80::1]:8890?streamid=x',
    'whep://169.254.1.2/whep',
  ])('%s', (url) => {
    expect(streamSource.safeParse(url).success).toBe(false);
  });
});

describe('names of streams', () => {
  test.for(['garden', 'a', 'Front-Door_2', '0', 'a'.repeat(64)])('%s', (name) => {
    expect(isName(name)).toBe(true);
  });

  test.for(['', '-a', '_a', 'a/b', '../a', 'a.b', 'a b', '~^.*$', 'ä', 'a\n', 'a'.repeat(65)])(
    'not %j',
    (name) => {
      expect(isName(name)).toBe(false);
    },
  );
});

function isName(name: string): boolean {
  return methods.create_stream.params.safeParse({ name, source: 'rtsp://192.0.2.10/a' }).success;
}
