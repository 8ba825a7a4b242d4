import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** @typedef {import('./steps.mjs').Step} Step */
/** @typedef {{ code: number, passed: number, failed: number }} Outcome */
/** @typedef {{ root: string, node24: string, vitestArgs: readonly string[] }} Options */

/**
 * Runs one step with its output on the terminal. A step without tests of its own counts as one failure when
 * it fails, so that a failed run never ends with "0 failed".
 * @param {Step} step
 * @param {Options} options
 * @returns {Promise<Outcome>}
 */
export async function runStep(step, options) {
  if (step.script === undefined) return runVitest(step, options);
  const code = await runOnTerminal('npm', ['run', '--silent', step.script], options.root, process.env);
  return { code, passed: 0, failed: code === 0 ? 0 : 1 };
}

/**
 * @param {Step} step
 * @param {Options} options
 * @returns {Promise<Outcome>}
 */
async function runVitest(step, { root, node24, vitestArgs }) {
  const directory = await mkdtemp(join(tmpdir(), 'camera-service-test-'));
  try {
    const report = join(directory, 'report.json');
    const args = [
      join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      ...(step.projects ?? []).flatMap((project) => ['--project', project]),
      ...(step.without ?? []).flatMap((name) => [
        ...['--exclude', `**/live/${name}.test.ts`],
        ...['--exclude', `**/live/${name}/**`],
      ]),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      // A filter may well match nothing in one of the projects.
      ...(vitestArgs.length > 0 ? ['--passWithNoTests', ...vitestArgs] : []),
    ];
    const node = step.isOnNode24 ? node24 : process.execPath;
    const PATH = [dirname(node), process.env['PATH']].join(delimiter);
    const code = await runOnTerminal(node, args, root, { ...process.env, PATH, ...step.env });
    return { code, ...(await readTotals(report, code)) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * @param {string} report vitest's JSON report
 * @param {number} code
 */
async function readTotals(report, code) {
  const content = JSON.parse(await readFile(report, 'utf8').catch(() => '{}'));
  const passed = Number(content.numPassedTests ?? 0);
  /** @type {{ status: string, assertionResults: unknown[] }[]} */
  const files = content.testResults ?? [];
  // A file that cannot be loaded has no test to fail, but is a failure.
  const brokenFiles = files.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = Number(content.numFailedTests ?? 0) + brokenFiles;
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

/** The terminal sends Ctrl-C to the child too: it is waited for, so that the totals are still printed. */
const ignoreInterrupt = () => {};

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
function runOnTerminal(command, args, cwd, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' });
    const forward = () => child.kill('SIGTERM');
    const release = () => process.off('SIGINT', ignoreInterrupt).off('SIGTERM', forward);
    process.on('SIGINT', ignoreInterrupt).on('SIGTERM', forward);
    child.once('error', (error) => {
      release();
      reject(error);
    });
    child.once('close', (code, signal) => {
      release();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
