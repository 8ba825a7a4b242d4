// `npm run docs` writes docs/reference from the compiled contract and configuration schema; `--check` only compares.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const directory = fileURLToPath(new URL('../docs/reference/', import.meta.url));

/** @returns {Promise<Map<string, string> | undefined>} text by file name; undefined where nothing is built */
async function buildPages() {
  try {
    const { referencePages } = await import('./docs/pages.mjs');
    return referencePages();
  } catch (error) {
    if (isMissingBuild(error)) return undefined;
    throw error;
  }
}

/** @param {unknown} error */
function isMissingBuild(error) {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
  return code === 'ERR_MODULE_NOT_FOUND' && /packages\/\w+\/dist|@mediamtx-camera-service\//.test(message);
}

/** @param {string} name */
function readPage(name) {
  const file = join(directory, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

const pages = await buildPages();
if (!pages) {
  console.error(
    'docs: the packages are not built, and the reference comes from them. Run first:\n  npm run types',
  );
  process.exit(1);
}
mkdirSync(directory, { recursive: true });
const stale = readdirSync(directory).filter((name) => !pages.has(name));
const different = [...pages].filter(([name, text]) => readPage(name) !== text).map(([name]) => name);
const files = [...different, ...stale].toSorted();

if (process.argv.includes('--check')) {
  for (const name of files) console.error(`docs/reference/${name} is not what the code says`);
  if (files.length > 0) console.error('Run: npm run docs');
  process.exitCode = files.length > 0 ? 1 : 0;
} else {
  for (const name of different) writeFileSync(join(directory, name), pages.get(name) ?? '');
  for (const name of stale) rmSync(join(directory, name));
  console.log(files.length > 0 ? `docs/reference: ${files.join(', ')}` : 'docs/reference: nothing changed');
}
