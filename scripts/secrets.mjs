// `npm run secrets`: looks for keys, tokens and passwords in everything that is, or would be, committed.
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const secretlint = fileURLToPath(new URL('../node_modules/secretlint/bin/secretlint.js', import.meta.url));

// Pictures hold no text, and the lock file's checksums look like keys.
const passedOver = /\.(png|jpg|mp4)$|^package-lock\.json$/;

/** @param {readonly string[]} args @param {string} [input] */
function search(args, input) {
  return spawnSync(process.execPath, [secretlint, '--no-color', '--no-terminalLink', ...args], {
    cwd: root,
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
}

// A search that finds nothing must be one that could have found something.
const planted = `key: csk_${randomBytes(32).toString('base64url')}\n`;
if (search(['--stdinFileName', 'planted.yaml'], planted).status !== 1) {
  console.error('the search for secrets does not find a key that was planted for it');
  process.exit(2);
}

const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
});
const files = listed.split('\0').filter((file) => file !== '' && !passedOver.test(file));
const { status, stdout, stderr } = search(files);
process.stdout.write(stdout);
process.stderr.write(stderr);
console.log(
  status === 0
    ? `no secrets in ${files.length} files`
    : 'take the secret out, and make a new one where it was real',
);
process.exitCode = status === 0 ? 0 : 1;
