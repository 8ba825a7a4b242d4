import type { Calm } from './calm-meter.ts';
import type { Gop } from './gop.ts';
import type { TapTarget } from './rtsp-client.ts';
import type { LatestOptions, TapState, TapStats } from './tap.ts';

/** From the main thread to the readers' thread. `id` pairs a question with its reply. */
export type TapRequest =
  | { type: 'open'; name: string; target: TapTarget }
  | { type: 'close'; name: string }
  | { type: 'latest'; id: number; name: string; options: LatestOptions }
  | { type: 'cancel'; id: number }
  | { type: 'stats'; id: number; name: string }
  | { type: 'ports'; id: number }
  | { type: 'stop'; id: number };

/** A GOP on its way between threads, where a Buffer arrives as a plain Uint8Array. */
export type PostedGop = Omit<Gop, 'data'> & { data: Uint8Array<ArrayBuffer> };

export type TapReply =
  | { type: 'state'; name: string; state: TapState; reason?: string }
  | { type: 'calm'; name: string; calm: Calm | null }
  | { type: 'latest'; id: number; gop: PostedGop | undefined }
  | { type: 'stats'; id: number; stats: TapStats | undefined }
  | { type: 'ports'; id: number; ports: number[] }
  | { type: 'stopped'; id: number };
