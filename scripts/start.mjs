// `npm start`: sets up what is missing, then becomes the service, so that signals and the pid are its own.
// oxlint-disable-next-line import/no-unassigned-import -- must check before all else is loaded
import './require-node.mjs';
import { fileURLToPath } from 'node:url';
import { START_PARTS, setUpOrExit } from './setup.mjs';

await setUpOrExit(START_PARTS);
const main = new URL('../packages/cli/dist/main.js', import.meta.url);
process.argv.splice(1, 1, fileURLToPath(main), 'serve');
await import(main.href);
