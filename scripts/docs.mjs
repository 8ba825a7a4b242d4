// `npm run docs` writes docs/reference and what else is made from the compiled code; `--check` only compares.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const directory = fileURLToPath(new URL('../docs/', import.meta.url));

/** @returns {Promise<Map<string, string> | undefined>} text by file name; undefined where nothing is built */
async function buildPages() {
  try {
    const { generatedPages } = await import('./docs/pages.mjs');
    return generatedPages();
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
mkdirSync(join(directory, 'reference'), { recursive: true });
const present = readdirSync(join(directory, 'reference')).map((name) => `reference/${name}`);
const stale = present.filter((name) => !pages.has(name));
const different = [...pages].filter(([name, text]) => readPage(name) !== text).map(([name]) => name);
const files = [...different, ...stale].toSorted();

if (process.argv.includes('--check')) {
  for (const name of files) console.error(`docs/${name} is not what the code says`);
  if (files.length > 0) console.error('Run: npm run docs');
  process.exitCode = files.length > 0 ? 1 : 0;
} else {
  for (const name of different) writeFileSync(join(directory, name), pages.get(name) ?? '');
  for (const name of stale) rmSync(join(directory, name));
  console.log(files.length > 0 ? `docs: ${files.join(', ')}` : 'docs: nothing changed');
}
