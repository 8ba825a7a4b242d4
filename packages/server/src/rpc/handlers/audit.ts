import type { Result } from '@mediamtx-camera-service/protocol';
import type { AuditLog } from '../../audit/audit-log.ts';
import type { CameraRegistry } from '../../cameras/registry.ts';
import type { AuditRow } from '../../store/audit.ts';
import type { Handler } from '../call.ts';
import { visibleCamera } from '../visible-camera.ts';

export interface AuditHandlerDeps {
  audit: Pick<AuditLog, 'query'>;
  cameras: CameraRegistry;
}

export function auditLogHandler({ audit, cameras }: AuditHandlerDeps): Handler<'get_audit_log'> {
  return ({ limit, offset, from, to, user, key_id, method, device, outcome }, context) => {
    const { rows, total } = audit.query({
      limit,
      offset,
      from: from === undefined ? undefined : Date.parse(from),
      to: to === undefined ? undefined : Date.parse(to),
      user,
      key_id,
      method,
      device: device === undefined ? undefined : visibleCamera(cameras, device, context).device,
      outcome,
      cameras: context.identity?.cameras,
    });
    const entries = rows.map(describeEntry);
    return { entries, total, limit, offset };
  };
}

function describeEntry({ id: _id, time, ...rest }: AuditRow): Result<'get_audit_log'>['entries'][number] {
  return { time: new Date(time).toISOString(), ...rest };
}
