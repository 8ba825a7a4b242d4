import { expect, test } from 'vitest';
import { aptCommand, installPackages } from '../../src/install/apt.mjs';
import { createSandbox } from './programs.ts';

test('where packages cannot be installed, one message names all of them and the command', async () => {
  await using sandbox = await createSandbox();
  const options = { env: sandbox.env(), report: () => {}, signal: undefined };
  await expect(installPackages(['chromium', 'cpio'], options)).rejects.toThrow(
    `missing: chromium, cpio. Install by hand:\n  ${aptCommand(['chromium', 'cpio'])}`,
  );
});
