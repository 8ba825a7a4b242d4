import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * One part of the test run: an npm script, or a run of vitest.
 * @typedef {object} Step
 * @property {string} name for --only
 * @property {string} about what it shows
 * @property {string} [script] the npm script
 * @property {readonly string[]} [projects] vitest's projects
 * @property {readonly string[]} [without] live tests, or folders of them, that would show nothing else than in the run before
 * @property {Readonly<Record<string, string>>} [env]
 * @property {boolean} [isOnNode24]
 */

/** Live tests that look at calls, rights and files: neither another MediaMTX nor another Node changes them. */
const WHATEVER_MEDIAMTX = [
  ...['attacks-*', 'audit-and-metrics', 'backup-and-restore', 'configuration', 'configuration-writer-killed'],
  ...['contract', 'files-and-retention', 'fuzz', 'identities', 'reference', 'restore-killed', 'rights'],
  'secrets-stay-secret',
];

/** Live tests that are about our own MediaMTX in any mode. */
const OWN_MEDIAMTX = [
  ...[
    'kill-storm',
    'media-ends-with-its-rights',
    'mediamtx-api-hangs',
    'mediamtx-hangs-while-a-recording-starts',
  ],
  ...['mediamtx-killed-while-streaming-and-recording', 'rtsp-port-taken', 'stopped-during-start'],
];

/** @type {readonly Step[]} */
const AFTER_CHECK = [
  { name: 'live', about: 'with real MediaMTX and real media', projects: ['live'] },
  {
    name: 'external',
    about: 'the live tests on a MediaMTX that is not ours',
    projects: ['live'],
    without: [...WHATEVER_MEDIAMTX, ...OWN_MEDIAMTX, 'capture', 'picture-watch', 'stills', 'taps'],
    env: { CAMERA_SERVICE_TEST_MEDIAMTX: 'external' },
  },
  { name: 'browser', about: 'the page in a real browser', projects: ['browser'] },
  { name: 'vm', about: 'real V4L2 cameras in an emulated machine', projects: ['vm'] },
  {
    name: 'node24',
    about: 'unit and live tests on Node 24',
    projects: ['unit', 'live'],
    without: [...WHATEVER_MEDIAMTX, 'kill-storm', 'picture-watch'],
    isOnNode24: true,
  },
];

/**
 * All steps in their order. Those of `npm run check` are read from package.json, so that both stay the same.
 * @param {string} root
 * @returns {Promise<{ check: Step[], all: Step[] }>}
 */
export async function listSteps(root) {
  /** @type {{ scripts: { check: string } }} */
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const check = scripts.check.split('&&').map((command) => toStep(command.trim().replace(/^npm run /, '')));
  return { check, all: [...check, ...AFTER_CHECK] };
}

/**
 * @param {string} script
 * @returns {Step}
 */
function toStep(script) {
  const name = script.replace(/:check$/, '');
  if (name === 'unit') return { name, about: 'unit tests', projects: ['unit'] };
  return { name, about: `npm run ${script}`, script };
}
