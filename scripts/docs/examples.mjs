// Recorded from a running service; hosts, paths, tokens and signatures are shortened. Tests hold them against the contract.

const webcam = {
  device: 'camera1',
  device_path: '/dev/video0',
  name: 'HD Webcam C525',
  kind: 'usb',
  status: 'CONNECTED',
  status_reason: null,
  reason_code: null,
  remedy: null,
  state: 'ready',
  enabled: true,
  mode: 'on_demand',
  identity: {
    matched_by: ['serial', 'port', 'usb id', 'name', 'formats'],
    score: 110,
    notice: null,
    candidates: [],
  },
  released_until: null,
  resolution: '1280x720',
  fps: 30,
  streams: {
    rtsp: 'rtsp://127.0.0.1:8554/camera1',
    webrtc: 'http://127.0.0.1:8002/media/camera1/whep',
    hls: 'http://127.0.0.1:8002/media/camera1/hls/index.m3u8',
  },
  stream_url: 'rtsp://127.0.0.1:8554/camera1',
  recording: false,
  session_id: null,
  current_file: null,
  elapsed_time: null,
  last_seen: '2026-11-25T01:06:54.708Z',
};

/** @type {Record<string, { params?: Record<string, unknown>, result?: unknown }>} */
export const methodExamples = {
  ping: {
    result: 'pong',
  },
  authenticate: {
    params: {
      auth_token: 'eyJhbGciOiJIUzI1NiJ9.…',
    },
    result: {
      authenticated: true,
      role: 'admin',
      permissions: ['view', 'control', 'admin'],
      expires_at: '2026-11-25T22:08:09.000Z',
      session_id: 'b5d6384f-ff28-4770-9af7-8a77a43337e8',
      auth_method: 'jwt',
    },
  },
  login: {
    params: {
      user: 'ann',
      password: 'correct horse battery',
    },
    result: {
      authenticated: true,
      role: 'viewer',
      permissions: ['view'],
      expires_at: '2026-11-29T13:47:49.000Z',
      session_id: '95ca6655-d14d-4a1f-95fd-b5c23907e262',
      auth_method: 'password',
      token: 'eyJhbGciOiJIUzI1NiJ9.…',
    },
  },
  logout: {
    result: {
      logged_out: true,
    },
  },
  refresh_token: {
    result: {
      token: 'eyJhbGciOiJIUzI1NiJ9.…',
      expires_at: '2026-11-29T13:47:49.000Z',
    },
  },
  get_camera_list: {
    result: {
      cameras: [
        {
          device: 'camera0',
          device_path: null,
          name: 'Test camera',
          kind: 'test',
          status: 'CONNECTED',
          status_reason: null,
          reason_code: null,
          remedy: null,
          state: 'ready',
          enabled: true,
          mode: 'on_demand',
          identity: { matched_by: ['bus', 'name', 'formats'], score: 40, notice: null, candidates: [] },
          released_until: null,
          resolution: '1280x720',
          fps: 30,
          streams: {
            rtsp: 'rtsp://127.0.0.1:8554/camera0',
            webrtc: 'http://127.0.0.1:8002/media/camera0/whep',
            hls: 'http://127.0.0.1:8002/media/camera0/hls/index.m3u8',
          },
          stream_url: 'rtsp://127.0.0.1:8554/camera0',
          recording: false,
          session_id: null,
          current_file: null,
          elapsed_time: null,
          last_seen: '2026-11-24T22:06:54.708Z',
        },
      ],
      total: 1,
      connected: 1,
    },
  },
  get_camera_status: {
    params: {
      device: 'camera0',
    },
    result: {
      device: 'camera0',
      device_path: null,
      name: 'Test camera',
      kind: 'test',
      status: 'CONNECTED',
      status_reason: null,
      reason_code: null,
      remedy: null,
      state: 'live',
      enabled: true,
      mode: 'on_demand',
      identity: { matched_by: ['bus', 'name', 'formats'], score: 40, notice: null, candidates: [] },
      released_until: null,
      resolution: '1280x720',
      fps: 30,
      streams: {
        rtsp: 'rtsp://127.0.0.1:8554/camera0',
        webrtc: 'http://127.0.0.1:8002/media/camera0/whep',
        hls: 'http://127.0.0.1:8002/media/camera0/hls/index.m3u8',
      },
      stream_url: 'rtsp://127.0.0.1:8554/camera0',
      recording: true,
      session_id: '7abc2d71-ea10-43a7-99e3-af4d0c09d8bb',
      current_file: 'camera0_2026-11-24_22-18-44.mp4',
      elapsed_time: 3.587,
      last_seen: '2026-11-24T22:06:54.708Z',
      metrics: {
        bytes_sent: 2481567,
        readers: 0,
        uptime: 13.437,
        bitrate: 1478649,
        fps_actual: 28.7,
        restarts: 0,
        pixel_format: null,
        mode_reason: null,
      },
      capabilities: {
        formats: ['YU12'],
        resolutions: ['1280x720'],
        fps_options: [30],
      },
      settings: {
        name: null,
        enabled: true,
        mode: null,
        resolution: null,
        fps: null,
        bitrate: null,
        quality: null,
        recording: { format: null, duration: null, segment_duration: null },
      },
    },
  },
  get_camera_capabilities: {
    params: {
      device: 'camera0',
    },
    result: {
      device: 'camera0',
      formats: ['YU12'],
      resolutions: ['1280x720'],
      fps_options: [30],
      modes: [
        {
          pixel_format: 'YU12',
          width: 1280,
          height: 720,
          fps: 30,
        },
      ],
      validation_status: 'CONFIRMED',
    },
  },
  get_camera_history: {
    params: { device: 'camera1', limit: 3 },
    result: {
      device: 'camera1',
      transitions: [
        { time: '2026-11-25T01:06:54.708Z', from: 'starting', to: 'live', reason: null, detail: null },
        { time: '2026-11-25T01:06:54.301Z', from: 'absent', to: 'starting', reason: null, detail: null },
        {
          time: '2026-11-25T01:06:41.112Z',
          from: 'live',
          to: 'absent',
          reason: 'unplugged',
          detail: 'unplugged',
        },
      ],
    },
  },
  release_camera: {
    params: { device: 'camera1', seconds: 120 },
    result: { device: 'camera1', released_until: '2026-11-25T01:08:54.708Z' },
  },
  reclaim_camera: {
    params: { device: 'camera1' },
    result: webcam,
  },
  set_camera: {
    params: { device: 'camera1', name: 'Front door', resolution: '1920x1080', recording: { format: 'mkv' } },
    result: {
      ...webcam,
      name: 'Front door',
      resolution: '1920x1080',
      settings: {
        name: 'Front door',
        enabled: true,
        mode: null,
        resolution: '1920x1080',
        fps: null,
        bitrate: null,
        quality: null,
        recording: { format: 'mkv', duration: null, segment_duration: null },
      },
    },
  },
  forget_camera: {
    params: { device: 'camera3', delete_files: true },
    result: { device: 'camera3', forgotten: true, files_deleted: 12, success: true },
  },
  merge_cameras: {
    params: { device: 'camera1', other: 'camera4' },
    result: webcam,
  },
  get_camera_controls: {
    params: { device: 'camera1' },
    result: {
      device: 'camera1',
      controls: [
        {
          name: 'brightness',
          id: 9963776,
          type: 'int',
          min: 0,
          max: 255,
          step: 1,
          default: 128,
          value: 128,
          flags: [],
        },
        {
          name: 'power_line_frequency',
          id: 9963800,
          type: 'menu',
          min: 0,
          max: 2,
          step: 1,
          default: 2,
          value: 1,
          menu: { 0: 'Disabled', 1: '50 Hz', 2: '60 Hz' },
          flags: [],
        },
      ],
    },
  },
  set_camera_controls: {
    params: { device: 'camera1', controls: { brightness: 140 } },
    result: {
      device: 'camera1',
      controls: [
        {
          name: 'brightness',
          id: 9963776,
          type: 'int',
          min: 0,
          max: 255,
          step: 1,
          default: 128,
          value: 140,
          flags: [],
        },
      ],
    },
  },
  take_snapshot: {
    params: {
      device: 'camera0',
    },
    result: {
      device: 'camera0',
      filename: 'camera0_2026-11-24_22-18-48-586.jpg',
      status: 'SUCCESS',
      timestamp: '2026-11-24T22:18:48.661Z',
      captured_at: '2026-11-24T22:18:48.595Z',
      age_ms: 0,
      file_size: 27391,
      size_bytes: 27391,
      file_path: '/var/lib/camera-service/snapshots/camera0/camera0_2026-11-24_22-18-48-586.jpg',
      width: 1280,
      height: 720,
      format: 'jpg',
      quality: 85,
      capture_method: 'live',
      download_url: '/files/snapshots/camera0_2026-11-24_22-18-48-586.jpg?exp=1795645129&sig=BMNFkyZPQhnN',
      success: true,
    },
  },
  list_snapshots: {
    params: {
      limit: 1,
    },
    result: {
      files: [
        {
          filename: 'front-door.png',
          device: 'camera0',
          file_size: 135082,
          size_bytes: 135082,
          format: 'png',
          width: 1280,
          height: 720,
          modified_time: '2026-11-24T22:18:43.317Z',
          created_time: '2026-11-24T22:18:43.317Z',
          download_url: '/files/snapshots/front-door.png?exp=1795645124&sig=BMNFkyZPQhnN',
        },
      ],
      total: 4,
      limit: 1,
      offset: 0,
    },
  },
  get_snapshot_info: {
    params: {
      filename: 'camera0_2026-11-28_13-45-39-461.jpg',
    },
    result: {
      filename: 'camera0_2026-11-28_13-45-39-461.jpg',
      device: 'camera0',
      file_size: 27422,
      size_bytes: 27422,
      format: 'jpg',
      width: 1280,
      height: 720,
      modified_time: '2026-11-28T13:45:39.529Z',
      created_time: '2026-11-28T13:45:39.529Z',
      download_url:
        '/files/snapshots/camera0_2026-11-28_13-45-39-461.jpg?exp=1795959928&by=l.~CKAcGX&sig=DsRwJWNazAlm',
      captured_at: '2026-11-28T13:45:39.436Z',
      resolution: '1280x720',
      duration: null,
    },
  },
  delete_snapshot: {
    params: {
      filename: 'camera0_2026-11-28_13-45-39-461.jpg',
    },
    result: {
      filename: 'camera0_2026-11-28_13-45-39-461.jpg',
      deleted: true,
      message: 'camera0_2026-11-28_13-45-39-461.jpg was deleted',
      success: true,
    },
  },
  start_recording: {
    params: {
      device: 'camera0',
      duration: 60,
    },
    result: {
      device: 'camera0',
      session_id: '7abc2d71-ea10-43a7-99e3-af4d0c09d8bb',
      recording_id: '7abc2d71-ea10-43a7-99e3-af4d0c09d8bb',
      filename: 'camera0_2026-11-24_22-18-44.mp4',
      status: 'RECORDING',
      start_time: '2026-11-24T22:18:44.532Z',
      duration: 60,
      format: 'mp4',
      success: true,
    },
  },
  stop_recording: {
    params: {
      device: 'camera0',
    },
    result: {
      device: 'camera0',
      session_id: '7abc2d71-ea10-43a7-99e3-af4d0c09d8bb',
      recording_id: '7abc2d71-ea10-43a7-99e3-af4d0c09d8bb',
      filename: 'camera0_2026-11-24_22-18-44.mp4',
      status: 'STOPPED',
      start_time: '2026-11-24T22:18:44.987Z',
      end_time: '2026-11-24T22:18:48.653Z',
      duration: 3.667,
      file_size: 702769,
      size_bytes: 702769,
      format: 'mp4',
      protected: false,
      download_url: '/files/recordings/camera0_2026-11-24_22-18-44.mp4?exp=1795645129&sig=BMNFkyZPQhnN',
      success: true,
    },
  },
  list_recordings: {
    params: {
      limit: 1,
    },
    result: {
      files: [
        {
          filename: 'camera0_2026-11-24_22-18-44.mp4',
          device: 'camera0',
          file_size: 702769,
          size_bytes: 702769,
          duration: 3.667,
          format: 'mp4',
          modified_time: '2026-11-24T22:18:48.653Z',
          created_time: '2026-11-24T22:18:44.987Z',
          protected: false,
          download_url: '/files/recordings/camera0_2026-11-24_22-18-44.mp4?exp=1795645129&sig=BMNFkyZPQhnN',
        },
      ],
      total: 3,
      limit: 1,
      offset: 0,
    },
  },
  get_recording_info: {
    params: {
      filename: 'camera0_2026-11-28_13-45-34.mp4',
    },
    result: {
      filename: 'camera0_2026-11-28_13-45-34.mp4',
      device: 'camera0',
      file_size: 985187,
      size_bytes: 985187,
      duration: 5,
      format: 'mp4',
      modified_time: '2026-11-28T13:45:39.435Z',
      created_time: '2026-11-28T13:45:34.435Z',
      protected: false,
      download_url:
        '/files/recordings/camera0_2026-11-28_13-45-34.mp4?exp=1795959928&by=l.~CKAcGX&sig=oM9Uw4Yx8jRO',
      end_time: '2026-11-28T13:45:39.435Z',
      resolution: '1280x720',
      codec: 'h264',
      recording_id: '9d5269ef-b0cd-4b75-9816-c912ead6574f',
      segments: 1,
    },
  },
  set_recording: {
    params: {
      filename: 'camera0_2026-11-28_17-30-06.mp4',
      protected: true,
    },
    result: {
      filename: 'camera0_2026-11-28_17-30-06.mp4',
      device: 'camera0',
      file_size: 930871,
      size_bytes: 930871,
      duration: 4.133,
      format: 'mp4',
      modified_time: '2026-11-28T17:30:11.170Z',
      created_time: '2026-11-28T17:30:07.036Z',
      protected: true,
      download_url:
        '/files/recordings/camera0_2026-11-28_17-30-06.mp4?exp=1795973406&by=l.~KV6lUq&sig=pfCs8mQCc9V7',
      end_time: '2026-11-28T17:30:11.170Z',
      resolution: '1280x720',
      codec: 'h264',
      recording_id: '9709605a-1d87-46ba-a4a5-3d27f56c9263',
      segments: 1,
      message: 'camera0_2026-11-28_17-30-06.mp4 is protected',
      success: true,
    },
  },
  delete_recording: {
    params: {
      filename: 'camera0_2026-11-28_13-45-28.mp4',
    },
    result: {
      filename: 'camera0_2026-11-28_13-45-28.mp4',
      deleted: true,
      message: 'camera0_2026-11-28_13-45-28.mp4 was deleted',
      success: true,
    },
  },
  get_storage_info: {
    result: {
      total_space: 270553174016,
      used_space: 15293874176,
      available_space: 82499420160,
      usage_percentage: 15.6,
      recordings_size: 2098642,
      recordings_count: 2,
      snapshots_size: 27422,
      snapshots_count: 1,
      low_space_warning: false,
      critical_space_warning: false,
      threshold: 200000000,
      forecast_days: 36_500,
      retention_policy: {
        policy_type: 'manual',
        max_age_days: null,
        max_size_gb: null,
        enabled: false,
      },
    },
  },
  set_retention_policy: {
    params: {
      policy_type: 'size',
      max_size_gb: 0.001,
      enabled: false,
    },
    result: {
      policy_type: 'size',
      max_age_days: null,
      max_size_gb: 0.001,
      enabled: false,
      message:
        'the oldest files while all take more than 0.001 GB go by cleanup_old_files only: the policy is not enabled',
    },
  },
  cleanup_old_files: {
    params: {
      dry_run: true,
    },
    result: {
      cleanup_executed: false,
      dry_run: true,
      files_deleted: 2,
      space_freed: 2098642,
      files: ['camera0_2026-11-28_13-45-28.mp4', 'camera0_2026-11-28_13-45-34.mp4'],
      message: '2 files would be deleted, 2.1 MB',
      success: true,
    },
  },
  get_streams: {
    result: [
      {
        name: 'camera0',
        source: 'publisher',
        ready: true,
        readers: 0,
        bytes_sent: 2481567,
      },
    ],
  },
  create_stream: {
    params: {
      name: 'garden',
      source: 'rtsp://192.0.2.10:554/stream1',
    },
    result: {
      name: 'garden',
      source: 'rtsp://192.0.2.10:554/stream1',
      streams: {
        rtsp: 'rtsp://127.0.0.1:8554/garden',
        webrtc: 'http://127.0.0.1:8002/media/garden/whep',
        hls: 'http://127.0.0.1:8002/media/garden/hls/index.m3u8',
      },
      status: 'CREATED',
      ready: false,
    },
  },
  delete_stream: {
    params: {
      name: 'garden',
    },
    result: {
      name: 'garden',
      deleted: true,
      success: true,
    },
  },
  start_streaming: {
    params: {
      device: 'camera0',
    },
    result: {
      device: 'camera0',
      stream_name: 'camera0',
      stream_url: 'rtsp://127.0.0.1:8554/camera0',
      status: 'STARTED',
      start_time: '2026-11-24T22:18:43.323Z',
      auto_close_after: 300,
      ffmpeg_command: 'ffmpeg -hide_banner -nostdin …',
    },
  },
  stop_streaming: {
    params: {
      device: 'camera0',
    },
    result: {
      device: 'camera0',
      stream_name: 'camera0',
      status: 'STOPPED',
      start_time: '2026-11-24T22:18:43.323Z',
      end_time: '2026-11-24T22:18:48.693Z',
      duration: 5.37,
      stream_continues: false,
    },
  },
  get_stream_url: {
    params: {
      device: 'camera0',
    },
    result: {
      device: 'camera0',
      stream_name: 'camera0',
      stream_url: 'rtsp://viewer-c8c6f3bee20b:39858f4392e8@127.0.0.1:8554/camera0',
      expires_at: '2026-11-24T23:18:44.529Z',
      streams: {
        rtsp: 'rtsp://127.0.0.1:8554/camera0',
        webrtc: 'http://127.0.0.1:8002/media/camera0/whep',
        hls: 'http://127.0.0.1:8002/media/camera0/hls/index.m3u8',
      },
      available: true,
      active_consumers: 0,
      stream_status: 'READY',
    },
  },
  get_stream_status: {
    params: {
      device: 'camera0',
    },
    result: {
      device: 'camera0',
      stream_name: 'camera0',
      status: 'ACTIVE',
      ready: true,
      ffmpeg_process: {
        running: true,
        pid: 9678,
        uptime: 9.716,
      },
      mediamtx_path: {
        exists: true,
        ready: true,
        readers: 0,
      },
      metrics: {
        bytes_sent: 1699535,
        frames_sent: 272,
        bitrate: 1334999,
        fps: 29.8,
      },
      start_time: '2026-11-24T22:18:35.148Z',
    },
  },
  subscribe_events: {
    params: {
      topics: ['camera.*', 'recording_status_update', 'snapshot.taken'],
      after_seq: 9,
    },
    result: {
      subscribed: true,
      topics: ['camera.*', 'recording_status_update', 'snapshot.taken'],
      seq: 11,
    },
  },
  unsubscribe_events: {
    result: {
      unsubscribed: true,
      topics: ['snapshot.taken'],
    },
    params: {
      topics: ['snapshot.taken'],
    },
  },
  get_subscription_stats: {
    result: {
      global_stats: {
        total_subscriptions: 3,
        active_clients: 1,
        topic_counts: {
          'camera.*': 1,
          recording_status_update: 1,
          'snapshot.taken': 1,
        },
      },
      client_topics: ['camera.*', 'recording_status_update', 'snapshot.taken'],
      client_id: 'b5d6384f-ff28-4770-9af7-8a77a43337e8',
    },
  },
  create_api_key: {
    params: {
      name: 'backup',
      role: 'viewer',
      cameras: ['camera0'],
      expires_in: '90d',
    },
    result: {
      key_id: 'key_tFOGbmCA9Rub',
      name: 'backup',
      role: 'viewer',
      cameras: ['camera0'],
      expires_at: '2027-02-26T13:47:49.499Z',
      key: 'csk_…',
    },
  },
  list_api_keys: {
    result: {
      keys: [
        {
          key_id: 'key_tFOGbmCA9Rub',
          name: 'backup',
          role: 'viewer',
          cameras: ['camera0'],
          created_at: '2026-11-28T13:47:49.499Z',
          expires_at: '2027-02-26T13:47:49.499Z',
          last_used_at: null,
          revoked: false,
        },
      ],
    },
  },
  rotate_api_key: {
    params: {
      key_id: 'key_tFOGbmCA9Rub',
      grace_seconds: 3600,
    },
    result: {
      key_id: 'key_tFOGbmCA9Rub',
      name: 'backup',
      role: 'viewer',
      cameras: ['camera0'],
      expires_at: '2027-02-26T13:47:49.499Z',
      key: 'csk_…',
    },
  },
  revoke_api_key: {
    params: {
      key_id: 'key_tFOGbmCA9Rub',
    },
    result: {
      key_id: 'key_tFOGbmCA9Rub',
      revoked: true,
    },
  },
  create_user: {
    params: {
      user: 'ann',
      password: 'correct horse battery',
      role: 'operator',
      cameras: ['camera0'],
    },
    result: {
      user: 'ann',
      role: 'operator',
      cameras: ['camera0'],
    },
  },
  set_user: {
    params: {
      user: 'ann',
      role: 'viewer',
      cameras: null,
    },
    result: {
      user: 'ann',
      role: 'viewer',
      cameras: null,
    },
  },
  list_users: {
    result: {
      users: [
        {
          user: 'ann',
          role: 'viewer',
          cameras: null,
          created_at: '2026-11-28T13:47:49.493Z',
          last_login_at: null,
          password_changed_at: '2026-11-28T13:47:49.493Z',
        },
      ],
    },
  },
  set_password: {
    params: {
      user: 'ann',
      password: 'a longer passphrase',
      current_password: 'correct horse battery',
    },
    result: {
      user: 'ann',
      updated: true,
    },
  },
  delete_user: {
    params: {
      user: 'ann',
    },
    result: {
      user: 'ann',
      deleted: true,
    },
  },
  list_sessions: {
    result: {
      sessions: [
        {
          session_id: '15704ce3-3902-41c9-b730-afdd1e0c9c14',
          user: 'cli',
          key_id: null,
          role: 'admin',
          auth_method: 'jwt',
          remote_address: '127.0.0.1',
          connected_at: '2026-11-28T13:47:49.110Z',
          last_call_at: '2026-11-28T13:47:49.756Z',
          transport: 'websocket',
          device: null,
          own: true,
        },
        {
          session_id: '95ca6655-d14d-4a1f-95fd-b5c23907e262',
          user: 'ann',
          key_id: null,
          role: 'viewer',
          auth_method: 'password',
          remote_address: '127.0.0.1',
          connected_at: '2026-11-28T13:47:49.514Z',
          last_call_at: '2026-11-28T13:47:49.597Z',
          transport: 'websocket',
          device: null,
          own: false,
        },
      ],
    },
  },
  end_session: {
    params: {
      session_id: 'e46f8a09-7f7f-4c95-8dc1-fe72a3bdc41c',
    },
    result: {
      session_id: 'e46f8a09-7f7f-4c95-8dc1-fe72a3bdc41c',
      ended: true,
    },
  },
  get_audit_log: {
    params: { key_id: 'key_m80DMiGVmxcG', limit: 2 },
    result: {
      entries: [
        {
          time: '2026-11-28T17:29:04.462Z',
          who: 'door',
          role: 'operator',
          identity_kind: 'api_key',
          key_id: 'key_m80DMiGVmxcG',
          remote_address: '127.0.0.1',
          method: 'GET /files/snapshots/camera0_2026-11-28_17-29-04-149.jpg',
          device: 'camera0',
          outcome: 'ok',
          error_code: null,
          duration_ms: 6.03,
          request_id: 'req-2',
        },
        {
          time: '2026-11-28T17:29:04.434Z',
          who: 'door',
          role: 'operator',
          identity_kind: 'api_key',
          key_id: 'key_m80DMiGVmxcG',
          remote_address: '127.0.0.1',
          method: 'take_snapshot',
          device: 'camera0',
          outcome: 'ok',
          error_code: null,
          duration_ms: 294.451,
          request_id: '6aace815-c639-44ce-a55b-02670195b503-1',
        },
      ],
      total: 2,
      limit: 2,
      offset: 0,
    },
  },
  get_config: {
    params: { section: 'camera' },
    result: {
      config: {
        camera: {
          discovery: true,
          rescan_interval: 15,
          ignore: [],
          node_range: null,
          test_cameras: 'auto',
          test_resolution: '1280x720',
          test_fps: 30,
          mode: 'on_demand',
          linger: 20,
        },
      },
      sources: { 'camera.linger': 'file' },
      restart_needed: ['camera.node_range'],
      pending: { 'camera.node_range': '0-9' },
      file: '/var/lib/camera-service/config.yaml',
    },
  },
  set_config: {
    params: {
      changes: { 'recording.segment_duration': 600, 'camera.node_range': '0-9', 'camera.linger': null },
    },
    result: {
      applied: ['recording.segment_duration', 'camera.linger'],
      restart_needed: ['camera.node_range'],
    },
  },
  get_status: {
    result: {
      status: 'HEALTHY',
      uptime: 714.121,
      version: '0.1.0',
      components: {
        websocket_server: 'RUNNING',
        camera_monitor: 'RUNNING',
        mediamtx: 'RUNNING',
      },
      problems: [],
      warnings: [],
    },
  },
  get_metrics: {
    result: {
      cpu_usage: 87.4,
      memory_usage: 5.2,
      disk_usage: 15.2,
      active_connections: 2,
      total_requests: 4,
      average_response_time: 4.428,
      error_rate: 25,
      uptime: 7.453,
      timestamp: '2026-11-28T14:10:43.459Z',
      system_metrics: {
        cpu_usage: 87.4,
        memory_usage: 5.2,
        disk_usage: 15.2,
        load_average: [4.43, 6.52, 5.21],
        process_cpu: 4,
        process_memory: 133140480,
        event_loop_delay_ms: 6.28,
        active_connections: 2,
        total_requests: 4,
        failed_requests: 1,
        average_response_time: 4.428,
        error_rate: 25,
        uptime: 7.453,
      },
      camera_metrics: {
        total: 2,
        connected: 2,
        live: 1,
        cameras: {
          camera0: {
            status: 'CONNECTED',
            live: true,
            fps: 30.1,
            bitrate: 1662404,
            readers: 0,
            restarts: 0,
          },
          camera1: {
            status: 'CONNECTED',
            live: false,
            fps: 0,
            bitrate: 0,
            readers: 0,
            restarts: 0,
          },
        },
      },
      recording_metrics: { active: 1, total: 0, total_size: 0, snapshots: 0, snapshots_size: 0 },
      stream_metrics: { total: 2, ready: 1, readers: 0, bytes_sent: 1299781 },
    },
  },
  get_system_status: {
    result: {
      status: 'ready',
      message: 'all is well',
      available_cameras: ['camera0'],
      discovery_active: true,
    },
  },
  get_server_info: {
    result: {
      name: 'MediaMTX Camera Service',
      version: '0.1.0',
      build_date: null,
      runtime: 'node 20.20.2',
      architecture: 'linux x64',
      capabilities: ['usb', 'test', 'snapshots', 'recordings', 'webrtc', 'll-hls', 'rtsp', 'events'],
      supported_formats: {
        snapshot: ['jpg', 'png'],
        recording: ['mp4', 'fmp4', 'mkv'],
      },
      max_cameras: 64,
      mediamtx: {
        version: 'v1.20.1',
        mode: 'managed',
        limitations: [],
      },
    },
  },
  'rpc.discover': {},
};

// Two names of one method.
methodExamples['get_cameras'] = methodExamples['get_camera_list'] ?? {};

/** @type {Record<string, Record<string, unknown>>} */
export const notificationExamples = {
  hello: {
    server_name: 'MediaMTX Camera Service',
    server_version: '0.1.0',
    protocol_version: '1.0',
  },
  event: {
    seq: 12,
    topic: 'snapshot.taken',
    time: '2026-11-24T22:18:43.167Z',
    data: {
      device: 'camera0',
      filename: 'camera0_2026-11-24_22-18-43-085.jpg',
      file_size: 26216,
    },
  },
  recording_status_update: {
    device: 'camera0',
    filename: 'camera0_2026-11-24_22-18-44.mp4',
    duration: 0.324,
    session_id: '7abc2d71-ea10-43a7-99e3-af4d0c09d8bb',
    reason: null,
    status: 'STARTED',
  },
  camera_status_update: {
    device: 'camera1',
    status: 'DISCONNECTED',
    name: 'HD Webcam C525',
    resolution: '1280x720',
    fps: 30,
    streams: {
      rtsp: 'rtsp://127.0.0.1:8554/camera1',
      webrtc: 'http://127.0.0.1:8002/media/camera1/whep',
      hls: 'http://127.0.0.1:8002/media/camera1/hls/index.m3u8',
    },
    status_reason: 'unplugged',
    reason_code: 'unplugged',
    remedy: 'It comes back by itself when it is plugged in again.',
    state: 'absent',
    enabled: true,
    mode: 'on_demand',
    identity: {
      matched_by: ['serial', 'port', 'usb id', 'name', 'formats'],
      score: 110,
      notice: null,
      candidates: [],
    },
    released_until: null,
  },
  system_health_update: {
    status: 'HEALTHY',
    components: {
      websocket_server: 'RUNNING',
      camera_monitor: 'RUNNING',
      mediamtx: 'RUNNING',
    },
    timestamp: '2026-11-24T22:18:48.693Z',
  },
};
