import { fileURLToPath } from 'node:url';
import { Program } from './program.ts';
import { until } from './until.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const compiled = ['packages/server', 'packages/cli', 'packages/testkit'];

export interface GuestOptions {
  /** The file of a script that the guest's Node can run, and its arguments. */
  script: string;
  args?: string[];
  /** Cameras plugged in at boot: vivi1, vivi2… */
  cameras: number;
  /** Boot included; then the guest is ended. */
  timeoutS: number;
  /** Ports of this host's loopback that lead to the same ports of the guest. */
  ports?: number[];
  /** Capabilities of root that the script goes without, as setpriv names them. */
  withoutRights?: string[];
}

/** A finding as a guest's script prints it: one JSON object a line, with the step's name. */
export interface Finding {
  step: string;
}

/** A script in the camera VM (vm/run.sh), where the kernel has V4L2 cameras, and what it finds. */
export class Guest implements AsyncDisposable {
  readonly #program: Program;

  private constructor(program: Program) {
    this.#program = program;
  }

  /** Compiles what the guest runs, since its Node reads no TypeScript, and starts it; it boots meanwhile. */
  static async start(options: GuestOptions): Promise<Guest> {
    await compile();
    const { script, args = [], cameras, timeoutS, ports = [], withoutRights = [] } = options;
    const rights = withoutRights.map((right) => `-${right}`).join(',');
    return new Guest(
      Program.start({
        command: `${root}/vm/run.sh`,
        args: [
          ...['--cameras', String(cameras), '--timeout', String(timeoutS), '--env', 'XDG_CACHE_HOME'],
          ...ports.flatMap((port) => ['--forward', `${port}:${port}`]),
          '--',
          ...(rights ? ['setpriv', '--bounding-set', rights] : []),
          ...[process.execPath, script, ...args],
        ],
        cwd: root,
      }),
    );
  }

  /** What was found so far, in its order. Throws where the script prints what is no finding. */
  get findings(): Finding[] {
    const lines = this.#program.stdout.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Finding);
  }

  /** All that it wrote to stderr, such as the log of a service in it. */
  get log(): string {
    return this.#program.stderr;
  }

  /** The finding of a step, as the script, which is ours, promises it. */
  async finding<T>(step: string, timeoutMs = 240_000): Promise<T> {
    const found = await until(
      () => {
        const finding = this.findings.find((one) => one.step === step);
        if (!finding && this.#program.hasExited) return { isOver: true };
        return finding && { finding };
      },
      { what: `step ${step} of the guest`, timeoutMs },
    );
    if (!('finding' in found)) throw new Error(`the guest ended before step ${step}: ${this.#words}`);
    return found.finding as T;
  }

  /** Waits for the script's own end. Throws where it failed. */
  async end(): Promise<void> {
    const { code } = await this.#program.exited;
    if (code !== 0) throw new Error(`the guest ended with ${code}: ${this.#words}`);
  }

  /** The end of what it wrote to stderr. */
  get #words(): string {
    return this.log.slice(-4_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.stop();
  }
}

/** Types are checked elsewhere; here only a fresh build counts. */
async function compile(): Promise<void> {
  const args = [`${root}/node_modules/typescript/bin/tsc`, '-b', ...compiled, '--noCheck'];
  await using program = Program.start({ command: process.execPath, args, cwd: root });
  const { code } = await program.exited;
  if (code !== 0) throw new Error(`not compiled: ${program.stdout}`);
}
