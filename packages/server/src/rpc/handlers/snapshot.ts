import type { CameraRegistry } from '../../cameras/registry.ts';
import { unknownFile, type KeptFiles } from '../../retention/kept-files.ts';
import type { Snapshots } from '../../snapshots/snapshots.ts';
import type { SnapshotRow, SnapshotStore } from '../../store/snapshots.ts';
import type { CallContext, HandlersOf } from '../call.ts';
import { snapshotStatus } from '../compatibility.ts';
import { catalogQuery } from '../catalog-query.ts';
import { visibleCamera } from '../visible-camera.ts';
import { visibleSnapshot } from '../visible-file.ts';

export interface SnapshotHandlerDeps {
  cameras: CameraRegistry;
  snapshots: Snapshots;
  store: SnapshotStore;
  keptFiles: Pick<KeptFiles, 'locate' | 'delete'>;
  /** A link that ends with the rights of whom it is made for. */
  downloadUrl: (kind: 'snapshots', filename: string, context: Pick<CallContext, 'identity'>) => string;
}

export function snapshotHandlers(deps: SnapshotHandlerDeps): HandlersOf<'snapshot'> {
  const { cameras, snapshots, store, keptFiles, downloadUrl } = deps;
  return {
    get_snapshot_info: async ({ filename }, context) => {
      const row = visibleSnapshot(store, filename, context);
      const path = await keptFiles.locate({ kind: 'snapshots', filename });
      if (path === undefined) throw unknownFile({ kind: 'snapshots', filename });
      return {
        ...viewSnapshot(row, downloadUrl('snapshots', filename, context)),
        captured_at: new Date(row.captured_at).toISOString(),
        resolution: `${row.width}x${row.height}`,
        duration: null,
      };
    },
    delete_snapshot: async ({ filename }, context) => {
      visibleSnapshot(store, filename, context);
      await keptFiles.delete({ kind: 'snapshots', filename });
      return { filename, deleted: true, message: `${filename} was deleted`, success: true };
    },
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
        download_url: downloadUrl('snapshots', row.filename, context),
        success: true,
      };
    },
    list_snapshots: (params, context) => {
      const device = params.device && visibleCamera(cameras, params.device, context).device;
      const { rows, total } = store.query(catalogQuery(params, device, context));
      const files = rows.map((row) => viewSnapshot(row, downloadUrl('snapshots', row.filename, context)));
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
