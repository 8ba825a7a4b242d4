import type { EventParams, NotificationParams, Result } from '@mediamtx-camera-service/protocol';

interface Decoded {
  frames: number;
  size: string;
  complaints: string;
}

interface Refusal {
  code: number;
  reason: string;
  detail?: string;
}

type CameraNews = NotificationParams<'camera_status_update'>;
type RecordingNews = NotificationParams<'recording_status_update'>;
type CameraStatus = Result<'get_camera_status'>;
type Cameras = Result<'get_camera_list'>['cameras'];
type Files = Result<'list_recordings'>['files'];

/** What guest/story.mjs reports, by step. */
export interface StoryFindings {
  found: {
    cameras: Cameras;
    health: Result<'get_status'>;
    capabilities: Result<'get_camera_capabilities'>;
  };
  cold: { snapshot: Result<'take_snapshot'>; decoded: Decoded };
  live: {
    stream: Result<'get_stream_status'>;
    snapshot: Result<'take_snapshot'>;
    decoded: Decoded;
    address: Result<'get_stream_url'>;
    read: Decoded;
  };
  recording: {
    started: Result<'start_recording'>;
    begun: RecordingNews;
    stopped: Result<'stop_recording'>;
    ended: RecordingNews;
    decoded: Decoded;
    listed: Files;
  };
  'first-generation': {
    camera: CameraStatus;
    snapshot: Result<'take_snapshot'>;
    recording: Result<'start_recording'>;
  };
  unplugged: {
    disconnected: CameraNews;
    trouble: RecordingNews;
    standIn: Cameras[number];
    camera: CameraStatus;
    stream: Result<'get_stream_status'>;
    address: Result<'get_stream_url'>;
    refusals: Record<'snapshot' | 'streaming' | 'recording' | 'node', Refusal>;
    told: RecordingNews[];
    events: EventParams[];
  };
  back: {
    camera: CameraStatus;
    stopped: Result<'stop_recording'>;
    decoded: Decoded;
    listed: Files;
    files: string[];
    cameras: Cameras;
    told: RecordingNews[];
    events: EventParams[];
  };
  busy: {
    pid: number;
    coldSnapshot: Refusal;
    camera: CameraStatus;
    busySnapshot: Refusal;
    health: Result<'get_status'>;
    told: CameraNews[];
    freed: CameraStatus;
    snapshot: Result<'take_snapshot'>;
  };
  'input-error': { told: CameraNews[]; camera: CameraStatus };
  dead: { dead: CameraStatus; snapshot: Refusal; healed: CameraStatus };
  ended: { code: number | null; left: { pid: number; command: string }[] };
}
