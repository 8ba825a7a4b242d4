// The floor: what it takes in Node to see a camera's node, to ask the camera everything, and to tell it over a
// WebSocket. Started as its own process.
import { existsSync, watch } from 'node:fs';
import { WebSocketServer } from 'ws';
import { openDevice, prepareNativeCalls } from '../../packages/server/dist/devices/v4l2/ioctl.js';
import { probeNode } from '../../packages/server/dist/devices/v4l2/probe.js';
import { makeCapability, VIDIOC_QUERYCAP } from '../../packages/server/dist/devices/v4l2/structs.js';
import { NODE } from './steps.mjs';

let isThere = false;

await prepareNativeCalls();
watch('/dev', (_event, name) => {
  if (NODE.endsWith(`/${name}`)) void look(Date.now());
});
// Last, since whoever connects counts on the rest.
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => {
  /** @param {Buffer} data */
  const echo = (data) => socket.send(data.toString());
  socket.on('message', echo);
});
server.on('listening', () => console.log(`port ${server.address().port}`));

async function look(eventMs) {
  const isNow = existsSync(NODE);
  if (isNow === isThere) return;
  isThere = isNow;
  if (!isNow) return tell({ what: 'gone', eventMs });
  const { candidate } = await probeNode(NODE, '/sys');
  tell({ what: 'there', eventMs, probedMs: Date.now(), modes: candidate.capabilities.modes.length });
  tell({ what: 'asked', askMs: await timeQuestion() });
}

/** The shortest talk with a camera: open it, ask who it is, close it. */
async function timeQuestion() {
  const startedAt = performance.now();
  const device = await openDevice(NODE);
  device.ioctl(VIDIOC_QUERYCAP, makeCapability());
  await device.close();
  return performance.now() - startedAt;
}

function tell(message) {
  for (const socket of server.clients) socket.send(JSON.stringify(message));
}
