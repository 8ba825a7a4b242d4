import { expect, test } from 'vitest';
import { ConfigError } from '../../src/config/config-error.ts';
import { ConfigKeeper } from '../../src/config/config-keeper.ts';
import { loadConfig } from '../../src/config/load.ts';
import { publicOriginOf } from '../../src/config/public-url.ts';

const load = (url: string) => loadConfig({ env: {}, flags: { 'server.public_url': url } }).server;

test.each([
  ['https://cameras.example', 'https://cameras.example'],
  ['https://Cameras.Example:443/', 'https://cameras.example'],
  ['http://10.0.0.5:8080', 'http://10.0.0.5:8080'],
  ['https://[2001:db8::1]:8443', 'https://[2001:db8::1]:8443'],
])('%s is taken', (url, origin) => {
  expect(publicOriginOf(load(url))).toBe(origin);
});

test('without it there is no public origin', () => {
  expect(publicOriginOf(loadConfig({ env: {} }).server)).toBeUndefined();
});

test.each([
  ['cameras.example', /must begin with http:\/\/ or https:\/\//],
  ['cameras.example:8443', /must begin with http/],
  ['ftp://cameras.example', /must begin with http/],
  ['', /must begin with http/],
  ['https://', /name a host/],
  ['https://cameras.example/cams', /must have no path \(\/cams\)/],
  ['https://anna:secret@cameras.example', /must hold no user and no password/],
  ['https://cameras.example/?a=b', /neither \? nor #/],
  ['https://cameras.example#', /neither \? nor #/],
])('%s is refused, and it is said why', (url, why) => {
  // An empty variable of the environment counts as not set; an empty option does not.
  let problems: string[] = [];
  try {
    load(url);
  } catch (error) {
    if (error instanceof ConfigError) ({ problems } = error);
  }
  expect(problems).toEqual([expect.stringMatching(why)]);
  expect(problems[0]).toMatch(/^server\.public_url: /);
});

test('a call that sets a path is told so', async () => {
  const keeper = new ConfigKeeper({ env: {}, flags: { 'storage.data_dir': '/nonexistent' } });
  await expect(keeper.set({ 'server.public_url': 'https://cameras.example/cams' })).rejects.toMatchObject({
    errorName: 'invalid_params',
    data: { param: 'changes.server.public_url', details: expect.stringContaining('no path') as unknown },
  });
});
