// A whole client in one file, with nothing but the `ws` package: logs in, listens, takes a snapshot, records five
// seconds, and downloads the clip.
//
//   npx camera-service token create --role operator > token.txt
//   CAMERA_SERVICE_TOKEN=$(cat token.txt) node examples/node-client.mjs [http://127.0.0.1:8002]
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { WebSocket } from 'ws';

const base = new URL(process.argv[2] ?? 'http://127.0.0.1:8002');
const token = process.env['CAMERA_SERVICE_TOKEN'];
if (!token) {
  console.error('set CAMERA_SERVICE_TOKEN to a token of role operator or admin');
  process.exit(2);
}

const endpoint = new URL('/ws', base);
endpoint.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
const socket = new WebSocket(endpoint, { headers: { authorization: `Bearer ${token}` } });

/** Calls that wait for their reply, by id. */
const waiting = new Map();
let lastId = 0;

socket.addEventListener('message', ({ data }) => {
  const message = JSON.parse(/** @type {string} */ (data));
  if ('method' in message) {
    console.log(`  told: ${message.method}`, message.params.topic ?? message.params.status ?? '');
    return;
  }
  const { resolve, reject } = waiting.get(message.id);
  waiting.delete(message.id);
  if (message.error) reject(new Error(`${message.error.message} (${message.error.code})`));
  else resolve(message.result);
});
socket.on('close', (code, reason) => {
  for (const { reject } of waiting.values())
    reject(new Error(`the socket closed: ${code} ${String(reason)}`));
});

/**
 * @param {string} method
 * @param {Record<string, unknown>} [params]
 * @returns {Promise<any>} the result; rejects with the service's words
 */
function call(method, params = {}) {
  return new Promise((resolve, reject) => {
    const id = ++lastId;
    waiting.set(id, { resolve, reject });
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  });
}

await once(socket, 'open');

const { cameras } = await call('get_camera_list');
const camera = cameras.find((/** @type {{ status: string }} */ { status }) => status === 'CONNECTED');
if (!camera) throw new Error('no camera is connected');
console.log(`${camera.device}: ${camera.name}, ${camera.resolution} at ${camera.fps} frames a second`);

// Until it subscribes, a session is told the states of cameras and recordings; from here on, these topics alone.
await call('subscribe_events', { topics: ['recording_status_update', 'recording.*', 'snapshot.*'] });

const snapshot = await call('take_snapshot', { device: camera.device });
console.log(`${snapshot.filename}: ${snapshot.file_size} bytes, ${Math.round(snapshot.age_ms)} ms old`);

const ended = new Promise((resolve) => {
  socket.addEventListener('message', ({ data }) => {
    const { method, params } = JSON.parse(/** @type {string} */ (data));
    if (method === 'recording_status_update' && params.status === 'STOPPED') resolve(params);
  });
});
const recording = await call('start_recording', { device: camera.device, duration: 5 });
console.log(`${recording.filename}: recording for ${recording.duration} s`);
await ended;

const { files } = await call('list_recordings', { device: camera.device, limit: 1 });
const [clip] = files;
const response = await fetch(new URL(clip.download_url, base));
if (!response.ok || !response.body) throw new Error(`the download failed: HTTP ${response.status}`);
await pipeline(Readable.fromWeb(/** @type {any} */ (response.body)), createWriteStream(clip.filename));
console.log(`${clip.filename}: ${clip.duration} s, ${clip.file_size} bytes, downloaded`);

socket.close();
