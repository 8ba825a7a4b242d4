import { WhepError } from './errors.ts';

export interface WhepOptions {
  /** The WHEP endpoint; a relative one is resolved against the page. */
  url: string;
  /** Shows the picture; or take the track by `onTrack`. */
  element?: HTMLVideoElement | undefined;
  onTrack?: ((track: MediaStreamTrack, stream: MediaStream) => void) | undefined;
  /** Ends the session, also while it is being made. */
  signal?: AbortSignal | undefined;
  fetch?: typeof fetch | undefined;
}

export interface WhepStats {
  width: number;
  height: number;
  /** Frames a second as decoded, since the last call. */
  fps: number;
  /** Bits a second since the last call; 0 at the first. */
  bitrate: number;
  jitterMs: number;
  /** Network and jitter buffer; what the camera and the screen add is unknown here. */
  delayMs: number;
  framesDecoded: number;
  bytesReceived: number;
}

export interface WhepSession {
  peer: RTCPeerConnection;
  /** The picture, for an element that comes later than the session. */
  stream: MediaStream;
  /** Ends the session here and at the server; safe in `pagehide` and more than once. */
  stop(): void;
  stats(): Promise<WhepStats>;
}

/** How long the peer is kept for the answer to its DELETE. */
const closeCapMs = 1_000;

/**
 * Watches one stream over WebRTC: video only, receive only. The offer goes out without candidates: the server hears
 * of the browser's with their first checks (peer reflexive), and could not use the mDNS names that they go by.
 * Resolves with the server's answer applied; frames follow by the element or `onTrack`.
 * @throws WhepError, or the signal's reason
 */
export async function playWhep(options: WhepOptions): Promise<WhepSession> {
  const { url, signal, fetch: request = fetch } = options;
  signal?.throwIfAborted();
  if (globalThis.RTCPeerConnection === undefined) throw new WhepError('this browser has no WebRTC');
  const peer = new RTCPeerConnection();
  let location: string | undefined;
  const stop = (): void => {
    signal?.removeEventListener('abort', stop);
    const ended = location;
    location = undefined;
    // A session that the server has ended, or can't reach any more, is none that could be deleted.
    if (ended === undefined || hasLostServer(peer)) return peer.close();
    // Closed after the DELETE: a peer that is gone ends the session by itself, and the DELETE would miss it.
    setTimeout(() => peer.close(), closeCapMs);
    request(ended, { method: 'DELETE', keepalive: true }).then(
      () => peer.close(),
      () => peer.close(),
    );
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const received = receiveVideo(peer, options);
    await peer.setLocalDescription();
    const response = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: peer.localDescription?.sdp ?? '',
      ...(signal && { signal }),
    });
    if (response.status !== 201)
      throw new WhepError(await describeRefusal(response), { status: response.status });
    location = new URL(response.headers.get('location') ?? url, response.url).href;
    const answer = await response.text();
    signal?.throwIfAborted();
    await peer.setRemoteDescription({ type: 'answer', sdp: answer });
    return { peer, stream: await received, stop, stats: measure(peer) };
  } catch (error) {
    stop();
    throw signal?.aborted ? signal.reason : asWhepError(error);
  }
}

/** @returns the stream; an answer that was applied has told it already */
function receiveVideo(peer: RTCPeerConnection, { element, onTrack }: WhepOptions): Promise<MediaStream> {
  peer.addTransceiver('video', { direction: 'recvonly' });
  return new Promise((resolve) => {
    peer.addEventListener('track', ({ track, streams }) => {
      const stream = streams[0] ?? new MediaStream([track]);
      if (element) element.srcObject = stream;
      onTrack?.(track, stream);
      resolve(stream);
    });
  });
}

function hasLostServer({ connectionState }: RTCPeerConnection): boolean {
  return connectionState === 'disconnected' || connectionState === 'failed' || connectionState === 'closed';
}

async function describeRefusal(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string } | string };
    const message = typeof error === 'object' ? error.message : error;
    if (message !== undefined) return message;
  } catch {
    // Not JSON: another server stands at that address; its status says enough.
  }
  return `HTTP ${response.status}`;
}

function asWhepError(error: unknown): WhepError {
  if (error instanceof WhepError) return error;
  return new WhepError(error instanceof Error ? error.message : String(error), { cause: error });
}

/** The members read from a stats report; the DOM's own types have them as untyped dictionaries. */
interface StatsReport {
  type: string;
  kind?: string;
  frameWidth?: number;
  frameHeight?: number;
  framesPerSecond?: number;
  framesDecoded?: number;
  bytesReceived?: number;
  jitter?: number;
  jitterBufferDelay?: number;
  jitterBufferEmittedCount?: number;
  nominated?: boolean;
  currentRoundTripTime?: number;
}

type CountedStat = 'bytesReceived' | 'framesDecoded' | 'jitterBufferDelay' | 'jitterBufferEmittedCount';

function measure(peer: RTCPeerConnection): () => Promise<WhepStats> {
  let last: { at: number; video: StatsReport } | undefined;
  return async () => {
    const reports = [...(await peer.getStats()).values()] as StatsReport[];
    const video = reports.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video') ?? {
      type: '',
    };
    const pair = reports.find(({ type, nominated }) => type === 'candidate-pair' && nominated);
    const at = performance.now();
    const seconds = last ? (at - last.at) / 1000 : 0;
    const since = (name: CountedStat): number => (last ? (video[name] ?? 0) - (last.video[name] ?? 0) : 0);
    const emitted = since('jitterBufferEmittedCount');
    const bufferSeconds = emitted > 0 ? since('jitterBufferDelay') / emitted : 0;
    const stats = {
      width: video.frameWidth ?? 0,
      height: video.frameHeight ?? 0,
      // Counted here: the browser's own figure is over so short a time that it jumps.
      fps: last ? since('framesDecoded') / seconds : (video.framesPerSecond ?? 0),
      bitrate: last ? Math.round((since('bytesReceived') * 8) / seconds) : 0,
      jitterMs: (video.jitter ?? 0) * 1000,
      delayMs: Math.round((bufferSeconds + (pair?.currentRoundTripTime ?? 0) / 2) * 1000),
      framesDecoded: video.framesDecoded ?? 0,
      bytesReceived: video.bytesReceived ?? 0,
    };
    last = { at, video };
    return stats;
  };
}
