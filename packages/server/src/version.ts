import { readFileSync, statSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** The version of the service, as its package tells it. */
export const serviceVersion = manifest.version;

/** When this build was made. */
export const buildDate = statSync(new URL(import.meta.url)).mtime.toISOString();
