import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { WebSocket } from 'ws';
import { pause } from './numbers.mjs';

const ticksPerSecond = 100;

/** Proportional memory in MB: shared pages are counted by their share. */
export function memoryMb(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)[1]) / 1000;
}

/** Seconds of processor time so far, all threads, without children. */
export function cpuSeconds(pid) {
  const fields = statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** The same to the nanosecond, of the threads that are there now: for a process that hardly does anything. */
function fineCpuSeconds(pid) {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const times = tasks.map(
    (task) => readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0],
  );
  return times.reduce((sum, time) => sum + Number(time), 0) / 1e9;
}

/** When the process was started, epoch ms, to 10 ms. */
export function startedMs(pid) {
  const uptimeSeconds = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  const bootMs = Date.now() - uptimeSeconds * 1000;
  return bootMs + (Number(statFields(pid)[19]) / ticksPerSecond) * 1000;
}

/** Percent of one core that each group of processes takes, over the time: `{name: pid | [pids]}`. */
export async function cpuShares(groups, seconds, secondsOf = cpuSeconds) {
  const list = Object.entries(groups).map(([name, pids]) => [name, [pids].flat()]);
  const take = () => list.map(([, pids]) => pids.reduce((sum, pid) => sum + secondsOf(pid), 0));
  const before = take();
  const startedAt = performance.now();
  await pause(seconds * 1000);
  const elapsed = (performance.now() - startedAt) / 1000;
  const after = take();
  return Object.fromEntries(
    list.map(([name], index) => [name, ((after[index] - before[index]) / elapsed) * 100]),
  );
}

/** The same in so many stretches one after the other, as fine as can be: what each stretch gave. */
export async function cpuSharesInStretches(groups, { stretches, seconds }) {
  const shares = [];
  for (let stretch = 0; stretch < stretches; stretch += 1)
    shares.push(await cpuShares(groups, seconds, fineCpuSeconds));
  return shares;
}

export function childrenOf(pid) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => parentOf(child) === pid);
}

/** The children of that name; one that ends meanwhile is none. */
export function childrenNamed(pid, name) {
  return childrenOf(pid).filter((child) => {
    try {
      return nameOf(child) === name;
    } catch {
      return false; // ended meanwhile
    }
  });
}

export function nameOf(pid) {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
}

/** Has a Node process with `--inspect` collect its garbage; resolves with the MB that JavaScript then holds. */
export async function settledHeapMb(inspectorUrl) {
  const socket = new WebSocket(inspectorUrl);
  await once(socket, 'open');
  let id = 0;
  const ask = async (method, params = {}) => {
    id += 1;
    socket.send(JSON.stringify({ id, method, params }));
    const [answer] = await once(socket, 'message');
    return JSON.parse(answer.toString()).result;
  };
  for (let round = 0; round < 3; round += 1) await ask('HeapProfiler.collectGarbage');
  const expression = '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())';
  const { result } = await ask('Runtime.evaluate', { expression });
  socket.close();
  return result.value / 1e6;
}

/** What Node writes when it runs with `--inspect`. */
export function inspectorUrlIn(output) {
  return /Debugger listening on (ws:\S+)/.exec(output)?.[1];
}

function parentOf(pid) {
  try {
    return Number(statFields(pid)[1]);
  } catch {
    // It has ended since the directory was read.
    return undefined;
  }
}

/** The fields after the name, which may hold blanks; the first is the state. */
function statFields(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
