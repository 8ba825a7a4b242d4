import { Capture } from '../capture/capture.ts';
import { EncoderChooser } from '../capture/encoder.ts';
import { CameraAnnouncer } from '../cameras/announcer.ts';
import { CameraViewer } from '../rpc/camera-viewer.ts';
import { Camera } from '../cameras/camera.ts';
import { captureSourceOf, modeFor } from '../cameras/capture-source.ts';
import { CameraMonitor } from '../cameras/monitor.ts';
import { CameraRegistry } from '../cameras/registry.ts';
import type { EffectiveConfig } from '../config/load.ts';
import { TestWatcher } from '../devices/test/watcher.ts';
import { findHolder } from '../devices/v4l2/holder.ts';
import { V4l2Watcher } from '../devices/v4l2/watcher.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Notifier } from '../events/notifier.ts';
import type { Logger } from '../log.ts';
import type { MediaServer } from '../mediamtx/media-server.ts';
import { RecordingAnnouncer } from '../recordings/announcer.ts';
import { checkRecordings } from '../recordings/catalog-check.ts';
import { RecordingCloser } from '../recordings/closer.ts';
import { Recordings } from '../recordings/recordings.ts';
import type { Addresses } from '../rpc/addresses.ts';
import { PictureTaker } from '../snapshots/picture-taker.ts';
import { Snapshots } from '../snapshots/snapshots.ts';
import { Stills } from '../snapshots/stills.ts';
import { CameraStore } from '../store/cameras.ts';
import type { Database } from '../store/database.ts';
import { RecordingStore } from '../store/recordings.ts';
import { SnapshotStore } from '../store/snapshots.ts';
import { StreamStore } from '../store/streams.ts';
import { CameraMedia } from '../streams/camera-media.ts';
import { StreamNews } from '../streams/stream-news.ts';
import { Streams } from '../streams/streams.ts';
import type { TapPool } from '../taps/tap-pool.ts';
import { messageOf } from '../errors.ts';
import type { DataPaths } from './data-dir.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { Catalog } from './file-catalog.ts';
import type { HealthMonitor } from './health-monitor.ts';

export interface BuildCamerasDeps {
  config: EffectiveConfig;
  paths: DataPaths;
  db: Database;
  events: EventLog;
  notifier: Notifier;
  media: MediaServer;
  taps: TapPool;
  ffmpeg: Ffmpeg;
  addresses: Addresses;
  health: HealthMonitor;
  log: Logger;
}

/** The parts that know of cameras, wired to each other. */
export type CameraParts = ReturnType<typeof buildCameras>;

export function buildCameras(deps: BuildCamerasDeps) {
  const { config, paths, db, events, notifier, media, taps, ffmpeg, addresses, health, log } = deps;
  const now = Date.now;
  const recordingStore = new RecordingStore(db);
  const snapshotStore = new SnapshotStore(db);
  const shortFfmpeg = (): string => ffmpeg.short;
  const pictures = new PictureTaker({
    taps,
    ffmpeg: shortFfmpeg,
    timeoutMs: config.snapshots.timeout * 1000,
  });
  const stills = new Stills({ pictures, cacheDir: paths.stills, ffmpeg: shortFfmpeg, log });
  const snapshots = new Snapshots({
    store: snapshotStore,
    snapshotsDir: paths.snapshots,
    pictures,
    events,
    log,
  });

  const cameras: CameraRegistry = new CameraRegistry({
    store: new CameraStore(db),
    chooseMode: (candidate) => modeFor(candidate, wantedMode(config)),
    makeCamera: cameraMaker(deps, { onChange: (camera) => noteCamera(camera), stills }),
    onAdded: (camera) => {
      media
        .addCamera(camera.device)
        .catch((error: unknown) => log.debug({ reason: messageOf(error) }, 'a path waits for MediaMTX'));
      camera.setMediaUp(media.controller.isUp);
    },
    log,
  });
  const recordings: Recordings = new Recordings({
    store: recordingStore,
    recordingsDir: paths.recordings,
    controller: () => media.controller,
    cameras,
    closer: new RecordingCloser({
      store: recordingStore,
      recordingsDir: paths.recordings,
      ffmpeg: shortFfmpeg,
      now,
      log,
    }),
    announcer: new RecordingAnnouncer({ events, notifier, onChange: (device) => noteDevice(device) }),
    minFreeBytes: config.storage.min_free * 1_000_000,
    fileTimeoutMs: config.recording.start_timeout * 1000,
    pictureTimeoutMs: config.capture.start_timeout * 1000,
    partMs: config.recording.part_duration * 1000,
    log,
  });
  const announcer = new CameraAnnouncer({
    events,
    notifier,
    addressesOf: (camera) => addresses.streamsOf(camera.device, config.server.host),
  });
  const noteCamera = (camera: Camera): void => {
    announcer.note(camera, recordings.runningOf(camera.device) !== undefined);
    recordings.noteCamera(camera);
    health.noteChange();
    if (camera.status === 'CONNECTED' && camera.liveness === 'idle') void stills.ensure(camera);
  };
  const noteDevice = (device: string): void => {
    const camera = cameras.find(device);
    if (camera) noteCamera(camera);
  };
  const monitor = buildMonitor(deps, cameras);
  const viewer = new CameraViewer({
    cameras,
    addresses,
    media,
    taps,
    recordingOf: (device) => recordings.runningOf(device),
  });

  media.controller.onState((state) => cameras.list().forEach((camera) => camera.setMediaUp(state === 'up')));
  const streamNews = new StreamNews({ events });
  media.controller.onState((state) => {
    if (state === 'down')
      events.append('mediamtx.error', { reason: media.problem ?? 'MediaMTX is not available' });
  });
  media.controller.onPaths((states) => {
    streamNews.note(states);
    for (const camera of cameras.list()) camera.demand.setReaders(media.controller.viewersOf(camera.device));
  });
  taps.onState((name, state) => cameras.find(name)?.followTap(state));

  const streams = new Streams({ media, store: new StreamStore(db), events });
  return {
    db,
    media,
    taps,
    cameras,
    monitor,
    viewer,
    recordings,
    recordingStore,
    snapshots,
    snapshotStore,
    stills,
    streams,
    cameraMedia: new CameraMedia({ cameras, media, stills, streams }),
    catalog: new Catalog({ recordings, recordingStore, snapshots, snapshotStore }),
    /** Makes files and catalog agree; before anything records. */
    check: async (): Promise<void> => {
      await checkRecordings({
        store: recordingStore,
        recordingsDir: paths.recordings,
        ffmpeg: shortFfmpeg,
        now,
        log,
      });
      await snapshots.check();
    },
  };
}

function buildMonitor({ config, log }: BuildCamerasDeps, cameras: CameraRegistry): CameraMonitor {
  const { discovery, rescan_interval, test_cameras, test_resolution, test_fps } = config.camera;
  const [width, height] = readResolution(test_resolution);
  return new CameraMonitor({
    registry: cameras,
    usb: discovery ? new V4l2Watcher({ rescanMs: rescan_interval * 1000, log }) : undefined,
    test: new TestWatcher({ count: 0, width, height, fps: test_fps }),
    testCameras: test_cameras,
    log,
  });
}

function cameraMaker(
  { config, paths, media, taps, ffmpeg, log }: BuildCamerasDeps,
  { onChange, stills }: { onChange: (camera: Camera) => void; stills: Stills },
): ConstructorParameters<typeof CameraRegistry>[0]['makeCamera'] {
  const encoder = new EncoderChooser({ log });
  return (row, mode) => {
    const device = `camera${row.number}`;
    const cameraLog = log.child({ camera: device });
    return new Camera({
      row,
      mode,
      makeCapture: (camera) =>
        new Capture({
          name: device,
          source: () => captureSourceOf(camera),
          publishUrl: () => media.publishUrl(device),
          ffmpeg: () => ffmpeg.capture,
          encoder,
          log,
          bitrate: () => (config.capture.bitrate === undefined ? undefined : config.capture.bitrate * 1000),
          pidDir: paths.run,
          stallMs: config.capture.stall_timeout * 1000,
          startTimeoutMs: config.capture.start_timeout * 1000,
        }),
      taps,
      rtspTarget: () => media.rtspTarget(device),
      hasPublisher: async () => (await media.controller.getStreamStatus(device))?.available ?? false,
      lingerMs: config.camera.linger * 1000,
      isAlwaysOn: config.camera.mode === 'always',
      whoHolds: findHolder,
      onChange,
      onLastPicture: (camera, gop) => void stills.keep(camera, gop),
      log: cameraLog,
    });
  };
}

function wantedMode({ capture }: EffectiveConfig) {
  const [width, height] = readResolution(capture.resolution);
  return { width, height, fps: capture.fps, pixelFormat: '' };
}

function readResolution(text: string): [width: number, height: number] {
  const [width, height] = text.split('x').map(Number) as [number, number];
  return [width, height];
}
