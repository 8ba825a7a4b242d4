import pretty from 'pino-pretty';
import { expect, test } from 'vitest';
import { createLog, setLogLevel } from '../src/log.ts';
import { escapeControls, escapeControlsTwice, redactText } from '../src/redact.ts';

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
  [
    'a digest login',
    'Authorization: Digest username="bob", nonce="n1", response="6629fae4"',
    ['bob', '6629'],
  ],
  ['a login of another scheme', 'authorization: Token 0123abcd', ['0123abcd']],
  ['an API key', 'key csk_9tWZy0m-Q_1 was refused', ['9tWZy0m']],
  ['an API key in its header', '{"x-api-key":"something"}', ['something']],
  ['the session cookie', 'cookie: a=b; camera_session=eyJ1c2Vy.bWFyaw; c=d', ['eyJ1c2Vy', 'bWFyaw']],
  ['who a link is for', '/files/a.mp4?exp=99&by=olga&sig=c2ln', ['olga', 'c2ln']],
  ['a password with a slash', 'rtsp://admin:pa/ss@10.0.0.5/1', ['pa/ss', 'ss@']],
  ['a password with an @', 'rtsp://admin:p@ss@10.0.0.5/1', ['p@ss', 'ss@']],
  ['a password in JSON', '{"user":"olga","current_password":"a\\"b c","x":1}', ['b c']],
  ['a password in JSON within JSON', JSON.stringify({ body: '{"password":"a\\"b c"}' }), ['b c']],
  ['a private key', '-----BEGIN EC PRIVATE KEY-----\nMHcCAQ\n-----END EC PRIVATE KEY-----', ['MHcCAQ']],
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

test.each([
  JSON.stringify({ password: 'a"b\\', other: 1 }),
  JSON.stringify({ body: JSON.stringify({ password: 'a"b\\', other: 1 }) }),
  JSON.stringify({ url: 'rtsp://a:b@c/?token=x', headers: { authorization: 'Digest a="b", c=d' } }),
  JSON.stringify({ pem: '-----BEGIN PRIVATE KEY-----\nMIGH\n', after: 'x' }),
])('a line of JSON stays one: %s', (line) => {
  expect(Object.keys(JSON.parse(redactText(line)) as object)).toEqual(
    Object.keys(JSON.parse(line) as object),
  );
});

const hostile = 'a\u001b[31mred\u009b31m\u0007\u202e\r\n[00:00:00.000] INFO: forged\u2028x';

test('a line of JSON holds no control character, and reads as the same text', () => {
  const line = escapeControls(JSON.stringify({ msg: hostile }));
  expect(line).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
  expect(JSON.parse(line)).toEqual({ msg: hostile });
});

test('what a person reads holds no control character, and a text never begins a line of its own', () => {
  const line = escapeControlsTwice(
    JSON.stringify({
      level: 30,
      time: 0,
      msg: 'a user',
      user: hostile,
      err: { type: 'E', message: hostile, stack: hostile },
    }),
  );
  const shown = pretty.prettyFactory({})(line);
  expect(shown).not.toMatch(/[^\P{Cc}\n]|[\u2028\u202e]/u);
  expect(shown.split('\n').filter((text) => text.startsWith('['))).toHaveLength(1);
});

test('the rest of the line stays readable', () => {
  expect(redactText('opening rtsp://u:p@cam.local:554/1?token=x&channel=2 failed')).toBe(
    'opening rtsp://***@cam.local:554/1?token=***&channel=2 failed',
  );
});

test('a new level is that of all logs that were made of it, and of those to come', () => {
  const log = createLog({ level: 'info', format: 'json' });
  const children = [log.child({ camera: 'camera0' }), log.child({}).child({ part: 'rpc' })];
  setLogLevel(log, 'debug');
  for (const one of [log, ...children, log.child({})]) expect(one.isLevelEnabled('debug')).toBe(true);
  setLogLevel(log, 'silent');
  for (const one of [log, ...children, log.child({})]) expect(one.isLevelEnabled('fatal')).toBe(false);
});
