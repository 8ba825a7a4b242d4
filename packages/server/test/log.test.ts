import { expect, test } from 'vitest';
import { redactText } from '../src/log.ts';

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjoiYSJ9.c2lnbmF0dXJl';

test.each([
  ['a user and a password in a URL', 'rtsp://admin:pass@10.0.0.5:554/1', ['pass', 'admin:']],
  ['a password with signs in it', 'rtsp://admin:p%40ss:w$rd@host/1', ['p%40ss', 'w$rd']],
  ['two URLs in one line', 'from rtsp://a:one@x/1 to rtsp://b:two@y/2', ['one', 'two']],
  ['a token in a query', 'GET /files/a?x=1&token=abc.def&y=2', ['abc.def']],
  ['a signature', '/files/a.mp4?exp=99&sig=c2lnbmVk', ['c2lnbmVk']],
  ['a login code', 'http://127.0.0.1:8002/login?code=Zm9v_bar-baz', ['Zm9v_bar-baz']],
  ['a bearer', `authorization: Bearer ${jwt}`, [jwt, 'c2lnbmF0dXJl']],
  ['a basic login', 'Authorization: Basic YWRtaW46cGFzcw==', ['YWRtaW46cGFzcw']],
  ['a bare token', `{"params":{"auth_token":"${jwt}"}}`, [jwt, 'c2lnbmF0dXJl']],
])('%s is taken out', (_what, text, secrets) => {
  const redacted = redactText(text);
  for (const secret of secrets) expect(redacted).not.toContain(secret);
  expect(redacted).toContain('***');
});

test.each([
  'http://127.0.0.1:8002/health',
  'rtsp://10.0.0.5:554/stream?channel=1',
  '{"level":30,"msg":"a camera is back","device":"camera0","node":"/dev/video0"}',
  'mail to somebody@example.org',
])('what is no secret stays: %s', (text) => {
  expect(redactText(text)).toBe(text);
});

test('the rest of the line stays readable', () => {
  expect(redactText('opening rtsp://u:p@cam.local:554/1?token=x&channel=2 failed')).toBe(
    'opening rtsp://***@cam.local:554/1?token=***&channel=2 failed',
  );
});
