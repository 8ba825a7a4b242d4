import { access, readFile, readdir } from 'node:fs/promises';
import type { Logger } from 'pino';
import { run } from '../process/run.ts';
import { CaptureError } from './capture-error.ts';

/** How H.264 is made: the words for ffmpeg. */
export interface Encoder {
  name: 'h264_vaapi' | 'h264_nvenc' | 'h264_v4l2m2m' | 'libx264';
  /** Before the input. */
  setupArgs: string[];
  /** The end of the filter chain: pixel format, and the upload to the device where there is one. */
  filter: string;
  /** After `-c:v NAME`, without the bitrate. */
  args: string[];
}

export const LIBX264: Encoder = {
  name: 'libx264',
  setupArgs: [],
  filter: 'format=yuv420p',
  args: ['-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline', '-sc_threshold', '0'],
};

export interface EncoderChooserDeps {
  log?: Pick<Logger, 'info' | 'warn'>;
  /** False leaves only libx264; default true. */
  useHardware?: boolean;
  /** Encoders whose hardware seems to be there, best first; default: a look into /dev and /sys. */
  findHardware?: () => Promise<Encoder[]>;
}

/** Chooses an encoder by trying: only what encoded a second of pictures counts. Remembered for each ffmpeg. */
export class EncoderChooser {
  #deps: EncoderChooserDeps;
  #chosen = new Map<string, Promise<Encoder>>();
  readonly #failed = new Set<string>();

  constructor(deps: EncoderChooserDeps = {}) {
    this.#deps = deps;
  }

  /** Rejects with CaptureError `no_ffmpeg` or `no_encoder`; a failure is not remembered. */
  choose(ffmpeg: string): Promise<Encoder> {
    const known = this.#chosen.get(ffmpeg);
    if (known !== undefined) return known;
    const choice = this.#try(ffmpeg);
    this.#chosen.set(ffmpeg, choice);
    choice.catch(() => this.#chosen.delete(ffmpeg));
    return choice;
  }

  /** A hardware encoder that failed at work is passed over until the service starts anew. */
  noteFailure(name: string | undefined): void {
    if (name === undefined || name === LIBX264.name) return;
    this.#failed.add(name);
    this.#chosen.clear();
    this.#deps.log?.warn({ encoder: name }, 'a hardware encoder failed at work and is not used any more');
  }

  async #try(ffmpeg: string): Promise<Encoder> {
    const find = this.#deps.findHardware ?? findHardware;
    const candidates = this.#deps.useHardware === false ? [] : await find();
    for (const encoder of candidates.filter(({ name }) => !this.#failed.has(name))) {
      const failure = await tryEncoder(ffmpeg, encoder, 30);
      if (failure === undefined) {
        this.#deps.log?.info({ encoder: encoder.name }, 'a hardware encoder is used');
        return encoder;
      }
      this.#deps.log?.warn(
        { encoder: encoder.name, failure },
        'a hardware encoder failed its trial and is not used',
      );
    }
    const failure = await tryEncoder(ffmpeg, LIBX264, 2);
    if (failure === undefined) return LIBX264;
    throw new CaptureError('no_encoder', `${ffmpeg} can't encode H.264 with libx264: ${failure}`);
  }
}

/** Undefined where it works, else the reason. */
async function tryEncoder(ffmpeg: string, encoder: Encoder, frames: number): Promise<string | undefined> {
  const common = ['-hide_banner', '-loglevel', 'error', '-nostdin', ...encoder.setupArgs];
  const input = ['-f', 'lavfi', '-i', 'color=c=gray:s=640x360:r=30', '-frames:v', String(frames)];
  const output = [
    '-vf',
    encoder.filter,
    '-c:v',
    encoder.name,
    ...encoder.args,
    '-bf',
    '0',
    '-f',
    'null',
    '-',
  ];
  const { exit } = await run({ command: ffmpeg, args: [...common, ...input, ...output], timeoutMs: 10_000 });
  if (exit.reason === 'spawn_failed')
    throw new CaptureError('no_ffmpeg', `ffmpeg could not be started: ${ffmpeg}`);
  if (exit.reason === 'exited') return undefined;
  return exit.reason === 'timed_out'
    ? 'no answer within 10 s'
    : (exit.stderrTail.at(-1) ?? `exit code ${exit.code}`);
}

async function findHardware(): Promise<Encoder[]> {
  const found: Encoder[] = [];
  const renderNode = (await list('/dev/dri')).find((name) => name.startsWith('renderD'));
  if (renderNode !== undefined) found.push(vaapi(`/dev/dri/${renderNode}`));
  if (await exists('/dev/nvidia0')) found.push(NVENC);
  if (await hasCodecDevice()) found.push(V4L2M2M);
  return found;
}

function vaapi(device: string): Encoder {
  return {
    name: 'h264_vaapi',
    setupArgs: ['-vaapi_device', device],
    filter: 'format=nv12,hwupload',
    args: ['-profile:v', 'constrained_baseline'],
  };
}

const NVENC: Encoder = {
  name: 'h264_nvenc',
  setupArgs: [],
  filter: 'format=yuv420p',
  args: ['-preset', 'p1', '-tune', 'ull', '-zerolatency', '1', '-profile:v', 'baseline', '-forced-idr', '1'],
};

const V4L2M2M: Encoder = { name: 'h264_v4l2m2m', setupArgs: [], filter: 'format=yuv420p', args: [] };

/** A codec shows as a video device too; its name is what tells it from a camera. */
async function hasCodecDevice(): Promise<boolean> {
  const root = '/sys/class/video4linux';
  for (const device of await list(root)) {
    const name = await readFile(`${root}/${device}/name`, 'utf8').catch(() => '');
    if (/codec|encode|enc\b/iu.test(name)) return true;
  }
  return false;
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
