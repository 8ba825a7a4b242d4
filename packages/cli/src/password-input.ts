import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** A password from a terminal, asked for twice and not shown, or the first line of what is piped in. */
export async function readNewPassword(): Promise<string> {
  if (!process.stdin.isTTY) return await readFirstLine();
  const password = await ask('Password: ');
  if ((await ask('Once more: ')) !== password) throw new Error('the two passwords differ');
  return password;
}

async function readFirstLine(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const line = Buffer.concat(chunks).toString('utf8').split(/\r?\n/, 1)[0]!;
  if (line === '') throw new Error('there is no password: type it in a terminal, or pipe it in');
  return line;
}

async function ask(question: string): Promise<string> {
  process.stderr.write(question);
  // A terminal shows what is typed only where somebody writes it.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  const interrupt = new AbortController();
  reader.once('SIGINT', () => interrupt.abort());
  try {
    return await reader.question('', { signal: interrupt.signal });
  } catch (cause) {
    throw new Error('no password was given', { cause });
  } finally {
    reader.close();
    process.stderr.write('\n');
  }
}
