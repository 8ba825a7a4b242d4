import { CameraAnnouncer } from '../cameras/announcer.ts';
import { CameraViewer } from '../rpc/camera-viewer.ts';
import type { Camera } from '../cameras/camera.ts';
import { CameraMerger } from '../cameras/merge.ts';
import type { CameraMonitor } from '../cameras/monitor.ts';
import { CameraControls } from '../cameras/controls.ts';
import { CameraForgetter } from '../cameras/forget.ts';
import { CameraHistory } from '../cameras/history.ts';
import { CameraRegistry } from '../cameras/registry.ts';
import { CameraSettingsKeeper } from '../cameras/settings.ts';
import type { EffectiveConfig } from '../config/load.ts';
import { hostForOthers } from '../config/listen-host.ts';
import { listControls, setControls } from '../devices/v4l2/controls.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Notifier } from '../events/notifier.ts';
import type { Logger } from '../log.ts';
import type { MediaServer } from '../mediamtx/media-server.ts';
import { PictureWatch } from '../pictures/index.ts';
import type { Addresses } from '../rpc/addresses.ts';
import { CameraStore } from '../store/cameras.ts';
import type { Database } from '../store/database.ts';
import { MergeStore } from '../store/merges.ts';
import { StreamStore } from '../store/streams.ts';
import { TransitionStore } from '../store/transitions.ts';
import { CameraMedia } from '../streams/camera-media.ts';
import { Streams } from '../streams/streams.ts';
import type { TapPool } from '../taps/tap-pool.ts';
import { messageOf } from '../errors.ts';
import { buildMonitor, cameraMaker } from './build-camera.ts';
import { buildRecordings } from './build-recordings.ts';
import { buildSnapshots } from './build-snapshots.ts';
import { followMedia } from './follow-media.ts';
import type { DataPaths } from './data-dir.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { Catalog } from './file-catalog.ts';
import type { HealthMonitor } from './health-monitor.ts';
import { buildRetention } from './build-retention.ts';

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
  const { snapshots, snapshotStore, stills } = buildSnapshots(deps);
  const cameraStore = new CameraStore(db);
  const addPath = (camera: Camera): Promise<void> =>
    media.addCamera(camera.device, {
      segmentDurationSeconds: camera.row.settings.recording.segment_duration ?? undefined,
    });
  const settings = new CameraSettingsKeeper({
    keep: (row) => cameraStore.update(row),
    renewPath: addPath,
    log,
  });
  const controls = new CameraControls({
    list: listControls,
    set: setControls,
    store: {
      controlsOf: (device) => cameras.get(device).row.controls,
      keep: (device, values) => cameras.get(device).keepControls(values),
    },
    log,
  });
  const transitions = new TransitionStore(db);
  const history = new CameraHistory({ store: transitions });
  const cameras: CameraRegistry = new CameraRegistry({
    store: cameraStore,
    makeCamera: cameraMaker(deps, {
      onChange: (camera) => noteCamera(camera),
      keep: (row) => cameraStore.update(row),
      recheck: () => monitor.rescan(),
      onReturn: (camera) => void controls.reapply(camera),
      stills,
    }),
    onAdded: (camera) => {
      addPath(camera).catch((error: unknown) =>
        log.debug({ reason: messageOf(error) }, 'a path waits for MediaMTX'),
      );
      camera.setMediaUp(media.controller.isUp);
    },
    log,
  });
  const { recordings, recordingStore, checkRecordings } = buildRecordings({
    ...deps,
    cameras,
    onChange: (device) => noteDevice(device),
  });
  const announcer = new CameraAnnouncer({
    events,
    notifier,
    addressesOf: (camera) => addresses.streamsOf(camera.device, { host: hostForOthers(config.server.host) }),
  });
  const noteCamera = (camera: Camera): void => {
    history.note(camera);
    if (camera.isLive) pictureWatch.start(camera.device);
    else pictureWatch.stop(camera.device);
    announcer.note(camera, recordings.runningOf(camera.device) !== undefined);
    recordings.noteCamera(camera);
    health.noteChange();
    if (camera.state === 'ready') void stills.ensure(camera);
  };
  const noteDevice = (device: string): void => {
    const camera = cameras.find(device);
    if (camera) noteCamera(camera);
  };
  const monitor: CameraMonitor = buildMonitor(deps, cameras);
  const viewer = new CameraViewer({
    cameras,
    addresses,
    media,
    taps,
    recordingOf: (device) => recordings.runningOf(device),
  });

  followMedia({ media, cameras, events });
  const pictureWatch = new PictureWatch({
    taps,
    ffmpeg: () => ffmpeg.short,
    onVerdict: (device, verdict) => cameras.find(device)?.picture.followVerdict(verdict),
    log,
  });
  taps.onState((name, state) => cameras.find(name)?.picture.followTap(state));

  const gone = {
    removePath: (device: string) => media.controller.removePath(device),
    onForgotten: (device: string) => {
      history.forget(device);
      announcer.forget(device);
      events.append('camera.forgotten', { device }, device);
    },
  };
  const files = { recordingsDir: paths.recordings, snapshotsDir: paths.snapshots };
  const shared = { cameras, recordings, snapshots, stills, log };
  const merger = new CameraMerger({ ...shared, ...gone, ...files, store: new MergeStore(db) });
  const retention = buildRetention({
    config,
    db,
    recordingsDir: paths.recordings,
    recordings,
    recordingStore,
    snapshots,
    snapshotStore,
    exclusively: (work) => merger.exclusively(work),
    events,
    log,
  });
  const forgetter = new CameraForgetter({
    ...shared,
    ...gone,
    store: cameraStore,
    recordingStore,
    snapshotStore,
    keptFiles: retention.keptFiles,
    recordingsDir: paths.recordings,
    merger,
  });
  const streams = new Streams({ media, store: new StreamStore(db), events });
  return {
    db,
    media,
    taps,
    cameras,
    settings,
    /** Makes a camera's path in MediaMTX anew, with the present settings. */
    renewPath: addPath,
    controls,
    merger,
    forgetter,
    transitions,
    monitor,
    pictureWatch,
    viewer,
    recordings,
    recordingStore,
    snapshots,
    snapshotStore,
    stills,
    streams,
    cameraMedia: new CameraMedia({ cameras, media, stills, streams }),
    ...retention,
    catalog: new Catalog({ keptFiles: retention.keptFiles, recordingStore, snapshotStore }),
    /** Makes files and catalog agree; before anything records. */
    check: async (): Promise<void> => {
      await merger.complete();
      await checkRecordings();
      await snapshots.check();
    },
  };
}
