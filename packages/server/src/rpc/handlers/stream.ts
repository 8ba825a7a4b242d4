import type { Result } from '@mediamtx-camera-service/protocol';
import { checkWithin } from '../../auth/camera-limit.ts';
import { mayView } from '../../auth/identity.ts';
import type { Camera } from '../../cameras/camera.ts';
import type { CameraRegistry } from '../../cameras/registry.ts';
import { AppError, notFound } from '../../errors.ts';
import type { RtspAccess } from '../../media-access/rtsp-access.ts';
import type { MediaServer } from '../../mediamtx/media-server.ts';
import { withoutCredentials } from '../../streams/redact-source.ts';
import { autoCloseSeconds, type Streams } from '../../streams/streams.ts';
import type { TapPool, TapStats } from '../../taps/tap-pool.ts';
import type { Addresses } from '../addresses.ts';
import type { CallContext, HandlersOf } from '../call.ts';
import { visibleCamera } from '../visible-camera.ts';

export interface StreamHandlerDeps {
  cameras: CameraRegistry;
  streams: Streams;
  media: MediaServer;
  addresses: Addresses;
  taps: Pick<TapPool, 'stats'>;
  rtspAccess: Pick<RtspAccess, 'mint'>;
}

export function streamHandlers(deps: StreamHandlerDeps): HandlersOf<'stream'> {
  const { cameras, streams, media, addresses, taps } = deps;
  return {
    get_streams: (_params, { identity }) => streams.list((name) => !identity || mayView(identity, name)),
    create_stream: async ({ name, source }, context) => {
      // Who is limited could neither see it nor take it away, and would learn which names are taken.
      checkWithin(null, context.identity, 'the rights on a new stream');
      const { ready } = await streams.create(name, source);
      const shown = withoutCredentials(source);
      return { name, source: shown, streams: addresses.streamsOf(name, context), status: 'CREATED', ready };
    },
    delete_stream: async ({ name }, { identity }) => {
      if (identity && !mayView(identity, name)) throw unknownStream(name);
      await streams.delete(name);
      return { name, deleted: true, success: true };
    },
    start_streaming: async ({ device }, context) => {
      const camera = visibleCamera(cameras, device, context);
      const { startedAt, command } = await streams.start(camera);
      return {
        device,
        stream_name: camera.device,
        stream_url: addresses.streamsOf(camera.device, context).rtsp,
        status: 'STARTED',
        start_time: new Date(startedAt).toISOString(),
        auto_close_after: autoCloseSeconds,
        ffmpeg_command: command,
      };
    },
    stop_streaming: ({ device }, context) => {
      const camera = visibleCamera(cameras, device, context);
      const { startedAt, continues } = streams.stop(camera);
      const endedAt = Date.now();
      return {
        device,
        stream_name: camera.device,
        status: 'STOPPED',
        start_time: new Date(startedAt).toISOString(),
        end_time: new Date(endedAt).toISOString(),
        duration: (endedAt - startedAt) / 1000,
        stream_continues: continues,
        ...(continues && { message: `still needed by: ${camera.demand.reasons.join(', ')}` }),
      };
    },
    get_stream_url: (params, context) => getStreamUrl(deps, params, context),
    get_stream_status: async ({ device }, context) => {
      const camera = visibleCamera(cameras, device, context);
      return { device, ...describeStream(media, camera, await taps.stats(camera.device)) };
    },
  };
}

async function getStreamUrl(
  { cameras, streams, media, addresses, rtspAccess }: StreamHandlerDeps,
  params: { device?: string | undefined; stream?: string | undefined },
  context: CallContext,
): Promise<Result<'get_stream_url'>> {
  const camera = params.device === undefined ? undefined : visibleCamera(cameras, params.device, context);
  const name = camera?.device ?? params.stream;
  if (name === undefined) {
    throw new AppError('invalid_params', {
      reason: 'required',
      param: 'device',
      rule: 'required',
      details: 'device: name a camera, or a stream of create_stream',
      suggestion: 'Send device or stream.',
      hint: 'Send device or stream.',
    });
  }
  const isHidden = context.identity && !mayView(context.identity, name);
  if (!camera && (isHidden || !streams.exists(name))) throw unknownStream(name);
  if (!media.controller.isUp) throw media.unavailable();
  const { url, expiresAt } = await rtspAccess.mint(name, context);
  // Asked anew, so that it says the same as get_streams.
  const path = await media.controller.getStreamStatus(name);
  const isBroken = camera !== undefined && camera.status !== 'CONNECTED';
  return {
    device: params.device ?? null,
    stream_name: name,
    stream_url: url,
    expires_at: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    streams: addresses.streamsOf(name, context),
    available: camera ? !isBroken : (path?.available ?? false),
    active_consumers: media.controller.viewersOf(name),
    stream_status: isBroken ? 'ERROR' : path?.available ? 'READY' : 'NOT_READY',
  };
}

/** One that is not there, or is hidden from the caller. */
function unknownStream(name: string): AppError {
  return notFound('stream', name, 'get_streams tells which streams there are.');
}

const streamStates = {
  idle: 'INACTIVE',
  starting: 'STARTING',
  live: 'ACTIVE',
  stopping: 'STOPPING',
  failed: 'ERROR',
} as const;

function describeStream(
  media: MediaServer,
  camera: Camera,
  stats: TapStats | undefined,
): Omit<Result<'get_stream_status'>, 'device'> {
  const path = media.controller.paths.get(camera.device);
  const { pid, startedAt, frames } = camera.capture.state;
  return {
    stream_name: camera.device,
    status: streamStates[camera.liveness],
    ready: camera.isLive,
    ffmpeg_process: {
      running: pid !== undefined,
      pid: pid ?? null,
      uptime: pid === undefined || startedAt === undefined ? 0 : (Date.now() - startedAt) / 1000,
    },
    // The paths were last asked up to a second ago; a picture that the service reads back itself is there now.
    mediamtx_path: {
      exists: path !== undefined || camera.isLive,
      ready: path?.available === true || camera.isLive,
      readers: media.controller.viewersOf(camera.device),
    },
    metrics: {
      bytes_sent: path?.bytesSent ?? 0,
      frames_sent: camera.isLive ? frames : 0,
      bitrate: Math.round(stats?.bitrate ?? 0),
      fps: stats?.fps ?? 0,
    },
    start_time:
      camera.picture.liveSince === undefined ? null : new Date(camera.picture.liveSince).toISOString(),
  };
}
