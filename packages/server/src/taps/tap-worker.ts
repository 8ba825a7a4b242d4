import { parentPort } from 'node:worker_threads';
import type { TapRequest } from './tap-messages.ts';
import { TapSet } from './tap-set.ts';

if (parentPort === null) throw new Error('this file is the code of a worker thread');
const port = parentPort;
const taps = new TapSet((reply, transfer) => port.postMessage(reply, transfer));
port.on('message', (request: TapRequest) => taps.handle(request));
