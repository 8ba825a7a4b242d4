import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Service } from '@mediamtx-camera-service/testkit';
import { WebSocket } from 'ws';

/** For the service's environment: Node then says where its inspector listens. */
export const inspected = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

export interface Memory {
  /** What JavaScript and its buffers hold, in bytes, after full garbage collections. */
  held: number;
  resident: number;
}

/** Has the service collect its garbage and reads what is left. */
export async function memoryOf(service: Service): Promise<Memory> {
  const url = /Debugger listening on (ws:\S+)/.exec(service.log)?.[1];
  if (url === undefined) throw new Error('the service has no inspector');
  const socket = new WebSocket(url);
  await once(socket, 'open');
  try {
    for (let round = 0; round < 3; round++) await ask(socket, round, 'HeapProfiler.collectGarbage');
    const expression = '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())';
    const answer = (await ask(socket, 9, 'Runtime.evaluate', { expression })) as {
      result: { value: number };
    };
    return { held: answer.result.value, resident: residentBytes(service.pid) };
  } finally {
    socket.terminate();
  }
}

async function ask(socket: WebSocket, id: number, method: string, params: object = {}): Promise<unknown> {
  socket.send(JSON.stringify({ id, method, params }));
  for (;;) {
    const [data] = (await once(socket, 'message')) as [Buffer];
    const answer = JSON.parse(data.toString()) as { id?: number; result: unknown };
    if (answer.id === id) return answer.result;
  }
}

function residentBytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
