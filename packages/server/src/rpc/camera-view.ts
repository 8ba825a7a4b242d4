import type { Camera as CameraObject } from '@mediamtx-camera-service/protocol';
import { viewCondition, type StreamAddresses } from '../cameras/announcer.ts';
import type { Camera } from '../cameras/camera.ts';

/** The recording that runs on a camera, as its object tells it. */
export interface RunningRecording {
  sessionId: string;
  filename: string;
  /** Seconds recorded so far. */
  elapsedSeconds: number;
}

/** The Camera object of the contract. */
export function viewCamera(
  camera: Camera,
  streams: StreamAddresses,
  recording: RunningRecording | undefined,
): CameraObject {
  const { row, mode } = camera;
  return {
    device: camera.device,
    device_path: camera.isPresent ? row.node : null,
    name: camera.name,
    kind: row.kind,
    status: camera.status,
    ...viewCondition(camera),
    resolution: `${mode.width}x${mode.height}`,
    fps: mode.fps,
    streams,
    stream_url: streams.rtsp,
    recording: recording !== undefined,
    session_id: recording?.sessionId ?? null,
    current_file: recording?.filename ?? null,
    elapsed_time: recording?.elapsedSeconds ?? null,
    // One that is there is seen now.
    last_seen: new Date(camera.isPresent ? Date.now() : row.lastSeen).toISOString(),
  };
}
