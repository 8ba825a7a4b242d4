import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ConfigError } from '../../src/config/config-error.ts';
import { editConfigText } from '../../src/config/edit-text.ts';

const file = '/etc/camera-service/config.yaml';

const handWritten = `# The cameras of the workshop

server:            # who may connect
    # behind the door
    host:   0.0.0.0     # everybody
    allowed_hosts:
        - cameras.lan   # the name in the house
        - 'cameras.example'

    max_connections:    40


# recordings are long
recording:
    segment_duration: 600   # ten minutes

logging: {level: debug, format: json} # in braces
camera:
`;

test.each([
  ['a value', { 'server.max_connections': 50 }, 'max_connections:    40', 'max_connections:    50'],
  ['a value before a comment', { 'server.host': '::' }, '0.0.0.0     #', '"::"     #'],
  [
    'a value in braces',
    { 'logging.level': 'warn' },
    '{level: debug, format: json}',
    '{level: warn, format: json}',
  ],
  [
    'a list over several lines',
    { 'server.allowed_hosts': ['a.lan', 'b'] },
    "    allowed_hosts:\n        - cameras.lan   # the name in the house\n        - 'cameras.example'\n",
    '    allowed_hosts: [ a.lan, b ]\n',
  ],
  [
    'a new key, at the end of its section and as far in as the others',
    { 'server.reply_metadata': true },
    'max_connections:    40\n',
    'max_connections:    40\n    reply_metadata: true\n',
  ],
  ['a new key in an empty section', { 'camera.linger': 30 }, '\ncamera:\n', '\ncamera:\n  linger: 30\n'],
  ['a new section', { 'snapshots.timeout': 20 }, '\ncamera:\n', '\ncamera:\nsnapshots:\n  timeout: 20\n'],
  ['null takes the line out', { 'server.host': null }, '    host:   0.0.0.0     # everybody\n', ''],
  [
    'null for the last key takes the section out',
    { 'recording.segment_duration': null },
    'recording:\n    segment_duration: 600   # ten minutes\n',
    '',
  ],
])('%s: all else stays byte for byte', (_what, changes, before, after) => {
  expect(handWritten).toContain(before);
  expect(editConfigText(handWritten, changes, file)).toBe(handWritten.replace(before, after));
});

test('what is there already, and null for what is not there, change nothing', () => {
  const same = { 'server.max_connections': 40, 'server.port': null, 'health.port': null };
  expect(editConfigText(handWritten, same, file)).toBe(handWritten);
});

test('several changes at once', () => {
  const changes = { 'server.port': 1, 'server.host': null, 'health.port': 2, 'recording.part_duration': 1 };
  const edited = editConfigText(handWritten, changes, file);
  expect(parse(edited)).toMatchObject({
    server: { port: 1, max_connections: 40 },
    health: { port: 2 },
    recording: { segment_duration: 600, part_duration: 1 },
  });
  for (const comment of handWritten.match(/#.*$/gm)!)
    if (comment !== '# everybody') expect(edited).toContain(comment);
});

test.each([
  ['nothing', ''],
  ['a comment alone', '# mine\n'],
  ['no line end', 'server:\n  host: a'],
  ['Windows line ends', '# mine\r\nserver:\r\n  host: a # b\r\n'],
  ['braces', '# mine\n{server: {host: a}}\n'],
  ['a section in braces', 'server: {host: a} # mine\n'],
  ['an anchor', 'server: &one\n  host: a # mine\nhealth:\n  host: b\n'],
  ['JSON', '{"server": {"host": "a"}}'],
  ['a document start', '---\n# mine\nserver:\n  host: a\n'],
  ['a document end', '# mine\nserver:\n  host: a\n...\n'],
  ['a list in a list style of its own', 'server:\n  allowed_hosts:\n  - a\n  # mine\n  - b\n'],
  ['a text over several lines', 'server:\n  host: >-\n    a\n    b\n# mine\n'],
])('a file with %s keeps its comments, and reads as it did but for the change', (_what, text) => {
  const before = (parse(text) ?? {}) as Record<string, Record<string, unknown>>;
  const edited = editConfigText(text, { 'server.port': 81, 'logging.level': 'warn' }, file);
  expect(parse(edited)).toEqual({
    ...before,
    server: { ...before['server'], port: 81 },
    logging: { level: 'warn' },
  });
  if (text.includes('# mine')) expect(edited).toContain('# mine');
  const again = editConfigText(edited, { 'server.port': null, 'logging.level': null }, file);
  const { server, ...others } = before;
  expect(parse(again) ?? {}).toEqual({ ...others, ...(server && { server }) });
});

test.each([
  'yes',
  '012',
  'a: b',
  '# no comment',
  '',
  ' spaces ',
  'two\nlines',
  'null',
  '"quoted"',
  '{a}',
  'ä€',
])('the text %j is read again as it is', (value) => {
  for (const text of ['', 'server:\n  host: a\n', 'server: {host: a}\n'])
    expect(parse(editConfigText(text, { 'server.host': value }, file))).toEqual({ server: { host: value } });
});

test.each([
  ['an anchor that is used elsewhere', 'server: &one\n  host: a\nhealth: *one\n', { 'server.port': 1 }],
  ['what an anchor hangs on', 'server:\n  host: &one a\nhealth:\n  host: *one\n', { 'server.host': null }],
  ['broken YAML', 'server: [\n', { 'server.port': 1 }],
])('%s is not changed', (_what, text, changes) => {
  expect(() => editConfigText(text, changes, file)).toThrow(ConfigError);
});
