import { fileURLToPath } from 'node:url';
import { Program, until } from '@mediamtx-camera-service/testkit';

const main = fileURLToPath(new URL('bare-server-main.mjs', import.meta.url));

/** The bare `ws` server as a process: `{url, program}`; it ends with its scope. */
export async function startBareServer(env = {}) {
  const program = Program.start({ command: process.execPath, args: [main], env: { ...process.env, ...env } });
  const port = await until(() => /port (\d+)/.exec(program.stdout)?.[1], { what: 'the bare server' });
  return { url: `ws://127.0.0.1:${port}`, program, [Symbol.asyncDispose]: () => program.stop() };
}
