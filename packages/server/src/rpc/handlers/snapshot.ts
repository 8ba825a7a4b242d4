import type { CameraRegistry } from '../../cameras/registry.ts';
import type { Snapshots } from '../../snapshots/snapshots.ts';
import type { SnapshotRow, SnapshotStore } from '../../store/snapshots.ts';
import type { HandlersOf } from '../call.ts';
import { snapshotStatus } from '../compatibility.ts';
import { notYet } from './not-yet.ts';
import { catalogQuery } from '../catalog-query.ts';
import { visibleCamera } from '../visible-camera.ts';

export interface SnapshotHandlerDeps {
  cameras: CameraRegistry;
  snapshots: Snapshots;
  store: SnapshotStore;
  downloadUrl: (kind: 'snapshots', filename: string) => string;
}

export function snapshotHandlers(deps: SnapshotHandlerDeps): HandlersOf<'snapshot'> {
  const { cameras, snapshots, store, downloadUrl } = deps;
  return {
    get_snapshot_info: notYet,
    delete_snapshot: notYet,
    take_snapshot: async (params, context) => {
      const camera = visibleCamera(cameras, params.device, context);
      const { row, path, ageMs, method } = await snapshots.take(camera, params);
      return {
        device: params.device,
        filename: row.filename,
        status: snapshotStatus(context.deviceForm),
        timestamp: new Date(row.created_at).toISOString(),
        captured_at: new Date(row.captured_at).toISOString(),
        age_ms: ageMs,
        file_size: row.size,
        size_bytes: row.size,
        file_path: path,
        width: row.width,
        height: row.height,
        format: row.format,
        quality: params.quality,
        capture_method: method,
        download_url: downloadUrl('snapshots', row.filename),
        success: true,
      };
    },
    list_snapshots: (params, context) => {
      const device = params.device && visibleCamera(cameras, params.device, context).device;
      const { rows, total } = store.query(catalogQuery(params, device));
      const files = rows.map((row) => viewSnapshot(row, downloadUrl('snapshots', row.filename)));
      return { files, total, limit: params.limit, offset: params.offset };
    },
  };
}

function viewSnapshot(row: SnapshotRow, downloadUrl: string) {
  const time = new Date(row.created_at).toISOString();
  return {
    filename: row.filename,
    device: row.device,
    file_size: row.size,
    size_bytes: row.size,
    format: row.format,
    width: row.width,
    height: row.height,
    modified_time: time,
    created_time: time,
    download_url: downloadUrl,
  };
}
