// `npm test`: sets up what is missing, then runs every kind of test, and ends with the totals over all runs.
// oxlint-disable-next-line import/no-unassigned-import -- must check before all else is loaded
import './require-node.mjs';
import { fileURLToPath } from 'node:url';
import { setUpOrExit } from './setup.mjs';
import { seconds } from './setup/display.mjs';
import { node24Path } from './setup/test-tools.mjs';
import { runStep } from './testing/run-step.mjs';
import { listSteps } from './testing/steps.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Takes our own options out of the arguments; the rest is vitest's.
 * @param {readonly string[]} args
 */
function readArguments(args) {
  /** @type {string[]} */
  const only = [];
  /** @type {string[]} */
  const vitestArgs = [];
  let isHelp = false;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--help' || arg === '-h') isHelp = true;
    else if (arg === '--only') only.push(...(args[++i] ?? '').split(','));
    else if (arg.startsWith('--only=')) only.push(...arg.slice('--only='.length).split(','));
    else vitestArgs.push(arg);
  }
  return { only, vitestArgs, isHelp };
}

/** @param {readonly import('./testing/steps.mjs').Step[]} steps */
function help(steps) {
  return [
    'usage: npm test -- [--only NAME,...] [arguments and filters for vitest]',
    '',
    'Runs these in order and stops at the first failure:',
    ...steps.map((step) => `  ${step.name.padEnd(9)} ${step.about}`),
    "'--only check' stands for those of npm run check.",
    '',
    'CAMERA_SERVICE_MEDIAMTX_INSTALL=auto|download|go|never says how MediaMTX is installed (here: go).',
  ].join('\n');
}

const { check, all } = await listSteps(ROOT);
const { only, vitestArgs, isHelp } = readArguments(process.argv.slice(2));
if (isHelp) {
  console.log(help(all));
  process.exit(0);
}
const names = new Set(only.flatMap((name) => (name === 'check' ? check.map((step) => step.name) : [name])));
const unknown = [...names].filter((name) => !all.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`there is no ${unknown.join(', ')}.\n\n${help(all)}`);
  process.exit(2);
}
const steps = names.size === 0 ? all : all.filter((step) => names.has(step.name));
/** @param {string} name */
const isRun = (name) => steps.some((step) => step.name === name);

process.env['CAMERA_SERVICE_MEDIAMTX_INSTALL'] ||= 'go';
await setUpOrExit({ browser: isRun('browser'), vm: isRun('vm'), node24: isRun('node24') });

let [code, passed, failed] = [0, 0, 0];
const options = { root: ROOT, node24: node24Path(process.env), vitestArgs };
for (const step of steps) {
  console.log(`\n=== ${step.name}: ${step.about}`);
  const startedAt = Date.now();
  const outcome = await runStep(step, options);
  passed += outcome.passed;
  failed += outcome.failed;
  code = outcome.code;
  console.log(
    `=== ${step.name}: ${code === 0 ? 'passed' : `failed with exit code ${code}`} in ${seconds(startedAt)}`,
  );
  if (code !== 0) break;
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = code;
