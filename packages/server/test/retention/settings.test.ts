import { readFile, writeFile } from 'node:fs/promises';
import { TempDir } from '@mediamtx-camera-service/testkit';
import { expect, test } from 'vitest';
import { ConfigKeeper } from '../../src/config/config-keeper.ts';
import { describePolicy, RetentionSettings, type RetentionPolicy } from '../../src/retention/settings.ts';

async function createLab(text: string, env: NodeJS.ProcessEnv = {}) {
  const dir = await TempDir.create();
  const file = dir.join('config.yaml');
  await writeFile(file, text);
  const keeper = new ConfigKeeper({ file, env, flags: { 'storage.data_dir': dir.path } });
  return {
    settings: new RetentionSettings({ config: keeper.effective, keeper }),
    read: () => readFile(file, 'utf8'),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

const fresh: RetentionPolicy = {
  policy_type: 'manual',
  max_age_days: null,
  max_size_gb: null,
  enabled: false,
};

test('a policy is kept in the configuration, and what is left out stays as it was', async () => {
  await using lab = await createLab('# mine\nserver:\n  port: 8100\n');
  expect(lab.settings.current).toEqual(fresh);
  const byAge = { policy_type: 'age', max_age_days: 30, max_size_gb: null, enabled: true } as const;
  expect(await lab.settings.change({ policy_type: 'age', max_age_days: 30, enabled: true })).toEqual(byAge);
  expect(lab.settings.current).toEqual(byAge);
  expect(await lab.read()).toBe(
    '# mine\nserver:\n  port: 8100\nretention_policy:\n  policy_type: age\n  max_age_days: 30\n  enabled: true\n',
  );
  const bySize = { ...byAge, policy_type: 'size', max_size_gb: 0.5 };
  expect(await lab.settings.change({ policy_type: 'size', max_size_gb: 0.5 })).toEqual(bySize);
  // The age is known from before.
  expect(await lab.settings.change({ policy_type: 'age' })).toEqual({ ...bySize, policy_type: 'age' });
});

test('two changes at once: each is done as it was asked for, and the later one stays', async () => {
  await using lab = await createLab(
    'retention_policy:\n  policy_type: size\n  max_size_gb: 9\n  max_age_days: 9\n',
  );
  const answers = await Promise.all([
    lab.settings.change({ policy_type: 'age', max_age_days: 3 }),
    lab.settings.change({ policy_type: 'size', max_size_gb: 5 }),
  ]);
  expect(answers).toMatchObject([{ policy_type: 'age' }, { policy_type: 'size', max_size_gb: 5 }]);
  expect(lab.settings.current).toMatchObject({ policy_type: 'size', max_size_gb: 5, max_age_days: 3 });
  // One that is refused holds up none behind it.
  const [refused, taken] = await Promise.allSettled([
    lab.settings.change({ policy_type: 'age', max_age_days: null }),
    lab.settings.change({ policy_type: 'manual' }),
  ]);
  expect([refused.status, taken.status]).toEqual(['rejected', 'fulfilled']);
});

test('null takes a limit away', async () => {
  await using lab = await createLab('retention_policy:\n  max_age_days: 30\n  max_size_gb: 5\n');
  const changed = await lab.settings.change({ policy_type: 'manual', max_age_days: null });
  expect(changed).toEqual({ ...fresh, max_size_gb: 5 });
  expect(await lab.read()).not.toContain('max_age_days');
});

test.each([
  ['age', {}, 'max_age_days'],
  ['age', { max_size_gb: 3 }, 'max_age_days'],
  ['size', {}, 'max_size_gb'],
  ['size', { max_age_days: 3 }, 'max_size_gb'],
] as const)('%s without its limit is refused: %j', async (policy_type, more, param) => {
  await using lab = await createLab('server:\n  port: 8100\n');
  await expect(lab.settings.change({ policy_type, ...more, enabled: true })).rejects.toMatchObject({
    errorName: 'invalid_params',
    data: { param, rule: 'required' },
  });
  expect(lab.settings.current).toEqual(fresh);
});

test('a limit that is needed is not taken away', async () => {
  await using lab = await createLab('retention_policy:\n  policy_type: age\n  max_age_days: 30\n');
  const taken = lab.settings.change({ policy_type: 'age', max_age_days: null });
  await expect(taken).rejects.toMatchObject({ data: { param: 'max_age_days' } });
  expect(lab.settings.current).toMatchObject({ policy_type: 'age', max_age_days: 30 });
});

test('what the environment sets is not changed, and nothing else with it', async () => {
  await using lab = await createLab('', { CAMERA_SERVICE_RETENTION_POLICY_MAX_AGE_DAYS: '3' });
  expect(lab.settings.current).toEqual({ ...fresh, max_age_days: 3 });
  await expect(lab.settings.change({ policy_type: 'age', max_age_days: 4 })).rejects.toMatchObject({
    errorName: 'invalid_state',
  });
  expect(lab.settings.current).toEqual({ ...fresh, max_age_days: 3 });
  // The same value is no change.
  expect(await lab.settings.change({ policy_type: 'age', max_age_days: 3 })).toMatchObject({
    policy_type: 'age',
    max_age_days: 3,
  });
});

test.each<[Partial<RetentionPolicy>, string]>([
  [{}, 'nothing goes: neither max_age_days nor max_size_gb is set'],
  [{ policy_type: 'age', max_age_days: 7, enabled: true }, 'files older than 7 days go by themselves'],
  [
    { policy_type: 'size', max_size_gb: 0.5, enabled: true },
    'the oldest files while all take more than 0.5 GB go by themselves',
  ],
  [
    { policy_type: 'age', max_age_days: 7 },
    'files older than 7 days go by cleanup_old_files only: the policy is not enabled',
  ],
  [
    { max_age_days: 7, max_size_gb: 2, enabled: true },
    'files older than 7 days, and the oldest files while all take more than 2 GB go by cleanup_old_files only',
  ],
])('%j is told as: %s', (policy, text) => {
  expect(describePolicy({ ...fresh, ...policy })).toBe(text);
});
