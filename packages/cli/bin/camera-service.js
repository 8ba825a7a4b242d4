#!/usr/bin/env node
// Committed, since npm links a command only if its file is there when it installs; the build comes after.
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  console.error('camera-service: not built yet: run `npm start` once, or `npm run build`');
  process.exitCode = 1;
}
