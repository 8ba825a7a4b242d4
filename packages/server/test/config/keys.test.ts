import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TempDir } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { ConfigKeeper } from '../../src/config/config-keeper.ts';
import {
  configKeys,
  exampleOf,
  isLive,
  isProgram,
  isSecret,
  signsTokens,
  type ConfigKey,
} from '../../src/config/keys.ts';
import { loadConfig } from '../../src/config/load.ts';
import { valueOf } from '../../src/config/describe-config.ts';

const keys = configKeys();
const live = keys.filter(isLive);

/** Keys that go together only. */
const partners: Record<string, string> = {
  'server.tls_cert': 'server.tls_key',
  'server.tls_key': 'server.tls_cert',
};

/** The example of a key, with what goes with it. */
function exampleBy(key: ConfigKey): Record<string, unknown> {
  const others = keys.filter(({ path }) => path === partners[key.path]);
  return Object.fromEntries([key, ...others].map((one) => [one.path, exampleOf(one)]));
}

async function withFile<T>(key: ConfigKey, use: (file: string) => T): Promise<T> {
  await using dir = await TempDir.create();
  const file = dir.join('config.yaml');
  const values = Object.entries(exampleBy(key)).map(([path, value]) => [path.split('.')[1], value]);
  await writeFile(file, stringify({ [key.section]: Object.fromEntries(values) }));
  return use(file);
}

test.for(keys)('the example of $path is taken, and says something', async (key) => {
  const value = await withFile(key, (file) => valueOf(loadConfig({ file, env: {} }), key));
  expect(value).toEqual(exampleOf(key));
  expect(exampleOf(key)).not.toEqual(key.schema.safeParse(undefined).data);
});

test.for(keys)('of $path nobody is told more than its mark allows', async (key) => {
  const { config } = await withFile(key, (file) => new ConfigKeeper({ file, env: {} }).describe(key.section));
  expect(config[key.section]![key.key]).toEqual(isSecret(key) ? '***' : exampleOf(key));
});

test.for(keys.filter((key) => !isProgram(key) && !signsTokens(key)))(
  'a call changes $path, as its mark says',
  async (key) => {
    await using dir = await TempDir.create();
    const file = dir.join('config.yaml');
    await writeFile(file, '');
    const keeper = new ConfigKeeper({ file, env: {} });
    const held = keeper.effective[key.section as 'server'];
    const before = valueOf(keeper.effective, key);
    const { applied, restart_needed: waiting } = await keeper.set(exampleBy(key));
    expect(isLive(key) ? applied : waiting).toContain(key.path);
    expect(isLive(key) ? waiting : applied).toEqual([]);
    expect(held[key.key as 'port']).toEqual(isLive(key) ? exampleOf(key) : before);
    expect(valueOf(new ConfigKeeper({ file, env: {} }).effective, key)).toEqual(exampleOf(key));
    await keeper.set(Object.fromEntries(Object.keys(exampleBy(key)).map((path) => [path, null])));
    expect(held[key.key as 'port']).toEqual(before);
    expect(keeper.restartNeeded).toEqual([]);
  },
);

test('every key that names itself a secret is marked as one', () => {
  const named = keys.filter(({ key }) => /password|secret|token$/.test(key));
  expect(keys.filter(isSecret)).toEqual(named);
});

test('no part is built with a copy of a key that is in effect at once', () => {
  const root = join(import.meta.dirname, '../../src');
  const builders = [
    'service-manager.ts',
    ...readdirSync(join(root, 'lifecycle')).map((name) => `lifecycle/${name}`),
  ];
  const copies = builders.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return live
      .filter(({ path }) =>
        new RegExp(`^\\s*\\w+: (?:\\w+\\.)*config\\.${path.replace('.', String.raw`\.`)}\\b`, 'm').test(text),
      )
      .map(({ path }) => `${file}: ${path}`);
  });
  expect(copies).toEqual([]);
});
