import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { ffmpegBinary, mediaMtxBinary } from '@mediamtx-camera-service/testkit';
import { scope } from './lib/scope.mjs';

const names = [
  'ping',
  'connections',
  'status',
  'notifications',
  'calls-at-scale',
  'subscribers',
  'soak',
  'snapshot',
  'page',
  'start',
  'idle',
  'ffmpeg-killed',
  'mediamtx-killed',
  'idle-monitor',
  'hot-plug',
  'replug',
];
const resultsFile = new URL('RESULTS.md', import.meta.url);

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } },
});
const chosen = options.only?.split(',') ?? names;
const unknown = chosen.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no such bench: ${unknown.join(', ')}; there are: ${names.join(', ')}`);
  process.exit(2);
}

const sections = [];
let hasFailed = false;
for (const name of chosen) {
  const load = loadavg()[0].toFixed(1);
  try {
    const bench = await import(`./${name}.mjs`);
    console.log(`\n… ${name}`);
    const results = await scope((use) => bench.run({ isQuick: options.quick, use }));
    sections.push(section(bench.title, { ...results, load }));
  } catch (error) {
    hasFailed = true;
    console.error(error);
    sections.push(`## ${name}\n\nIt failed: ${String(error)}`);
  }
  console.log(sections.at(-1));
}

// A short run is too rough to be published; a part of a run replaces its own sections alone.
if (!options.quick && !hasFailed) {
  writeFileSync(resultsFile, `${[head(), ...merged()].join('\n\n')}\n`);
  console.log('\nwritten to bench/RESULTS.md');
}
process.exitCode = hasFailed ? 1 : 0;

/** The new sections, and of the present file those that were not measured again. */
function merged() {
  if (options.only === undefined || !existsSync(resultsFile)) return sections;
  const present = readFileSync(resultsFile, 'utf8')
    .trim()
    .split(/\n\n(?=## )/)
    .slice(1);
  const kept = present.map((old) => sections.find((text) => titleOf(text) === titleOf(old)) ?? old);
  return [...kept, ...sections.filter((text) => !kept.includes(text))];
}

function titleOf(text) {
  return text.slice(0, text.indexOf('\n'));
}

function section(title, { rows, notes, load }) {
  const lines = rows.map(({ what, ours, beside, goal, isMet }) => {
    const verdict = isMet === undefined ? '' : isMet ? ' ✓' : ' ✗ missed';
    return `| ${what} | ${ours} | ${beside} | ${goal}${verdict} |`;
  });
  return [
    `## ${title}`,
    '',
    '| What | The service | Beside it, in the same run | Goal |',
    '|---|---|---|---|',
    ...lines,
    '',
    [...notes, `Measured ${time()} UTC at a load of ${load}.`].join(' '),
  ].join('\n');
}

function time() {
  return new Date().toISOString().slice(0, 16).replace('T', ' ');
}

function head() {
  const [cpu] = cpus();
  const system = /PRETTY_NAME="(.*)"/.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  const ffmpeg = versionOf(ffmpegBinary(), ['-version']).split(' ')[2];
  const machine = `${cpu.model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${system}, Linux ${release()}`;
  return [
    '# Measured',
    '',
    `Machine: ${machine}. Node ${process.version}, MediaMTX ${versionOf(mediaMtxBinary(), ['--version'])}, ffmpeg ${ffmpeg}.`,
    'Command: `npm run bench`; a part of it: `npm run bench -- --only ping,snapshot`.',
    'Every figure stands beside its floor or its rival, measured in the same run on the same machine. Read them as ratios: clients and rivals share the cores with the service.',
  ].join('\n');
}

function versionOf(command, args) {
  return execFileSync(command, args, { encoding: 'utf8' }).split('\n')[0].trim();
}
