import type { AuditLog } from '../../audit/audit-log.ts';
import type { CameraRegistry } from '../../cameras/registry.ts';
import type { Handler } from '../call.ts';
import { visibleCamera } from '../visible-camera.ts';

export interface AuditHandlerDeps {
  audit: Pick<AuditLog, 'query'>;
  cameras: CameraRegistry;
}

export function auditLogHandler({ audit, cameras }: AuditHandlerDeps): Handler<'get_audit_log'> {
  return ({ limit, offset, from, to, user, method, device, outcome }, context) => {
    const { rows, total } = audit.query({
      limit,
      offset,
      from: from === undefined ? undefined : Date.parse(from),
      to: to === undefined ? undefined : Date.parse(to),
      user,
      method,
      device: device === undefined ? undefined : visibleCamera(cameras, device, context).device,
      outcome,
      cameras: context.identity?.cameras,
    });
    const entries = rows.map(({ id: _, time, ...entry }) => ({
      time: new Date(time).toISOString(),
      ...entry,
    }));
    return { entries, total, limit, offset };
  };
}
