import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * @typedef {object} RunOptions
 * @property {Readonly<Record<string, string | undefined>>} env
 * @property {string} [cwd]
 * @property {AbortSignal | undefined} [signal] ends the program and everything it started
 * @property {number} [timeoutMs] after it the program is ended, with code 124
 * @property {boolean} [isKilledOnAbort] false lets the program finish first; default true
 */

/**
 * @typedef {object} RunResult
 * @property {number} code as a shell has it: 124 timed out, 126 not runnable, 127 not found, 128+n signal
 * @property {string} stdout the last 64 Ki characters
 * @property {string} stderr the last 64 Ki characters
 */

const OUTPUT_LIMIT = 64 * 1024;
const KILL_AFTER_MS = 2000;
const BUSY_RETRIES = 40;

/**
 * Runs a program to its end in a process group of its own, without input.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} options
 * @returns {Promise<RunResult>}
 * @throws the signal's reason, once the program has ended, when the signal is aborted
 */
export async function run(command, args, options) {
  for (let attempt = 0; ; attempt++) {
    options.signal?.throwIfAborted();
    try {
      return await runOnce(command, args, options);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      // A program just written may still be open for writing in a process forked at that moment.
      if (code === 'ETXTBSY' && attempt < BUSY_RETRIES) await delay(25);
      else if (typeof code === 'string') return notStarted(code, error);
      else throw error;
    }
  }
}

/**
 * Anybody who may look at a program can read its environment.
 * @param {NodeJS.ProcessEnv | undefined} env
 * @returns {NodeJS.ProcessEnv}
 */
function withoutSecrets(env = process.env) {
  const others = Object.entries(env).filter(([name]) => !/^CAMERA_SERVICE_.*(SECRET|PASSWORD)/.test(name));
  return Object.fromEntries(others);
}

/**
 * @param {string} code
 * @param {unknown} error
 * @returns {RunResult}
 */
function notStarted(code, error) {
  const message = error instanceof Error ? error.message : String(error);
  return { code: code === 'ENOENT' ? 127 : 126, stdout: '', stderr: message };
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} options
 * @returns {Promise<RunResult>}
 */
function runOnce(command, args, { env, cwd, signal, timeoutMs, isKilledOnAbort = true }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: withoutSecrets(env),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    let hasTimedOut = false;
    /** @type {NodeJS.Timeout[]} */
    const timers = [];
    const end = () => {
      killGroup(child.pid, 'SIGTERM');
      timers.push(setTimeout(() => killGroup(child.pid, 'SIGKILL'), KILL_AFTER_MS));
    };
    if (timeoutMs !== undefined) {
      timers.push(
        setTimeout(() => {
          hasTimedOut = true;
          end();
        }, timeoutMs),
      );
    }
    if (isKilledOnAbort) signal?.addEventListener('abort', end, { once: true });
    const settle = () => {
      signal?.removeEventListener('abort', end);
      for (const timer of timers) clearTimeout(timer);
    };
    for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
      child[name].setEncoding('utf8');
      child[name].on('data', (text) => (output[name] = (output[name] + text).slice(-OUTPUT_LIMIT)));
    }
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('close', (code, signalName) => {
      settle();
      if (signal?.aborted) reject(signal.reason);
      else resolve({ code: hasTimedOut ? 124 : exitCode(code, signalName), ...output });
    });
  });
}

/**
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signalName
 */
function exitCode(code, signalName) {
  if (code !== null) return code;
  return signalName === 'SIGKILL' ? 137 : 143;
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} signalName
 */
function killGroup(pid, signalName) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signalName);
  } catch {
    // The group has ended by itself in the meantime.
  }
}

/**
 * The last lines of what a program said, for a message to people.
 * @param {RunResult} result
 * @param {number} [lines]
 */
export function lastLines(result, lines = 3) {
  const text = result.stderr.trim() || result.stdout.trim() || `exit code ${result.code}`;
  return text.split('\n').slice(-lines).join('\n');
}
