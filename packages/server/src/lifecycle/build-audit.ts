import { AuditLog } from '../audit/audit-log.ts';
import type { CameraRegistry } from '../cameras/registry.ts';
import type { EffectiveConfig } from '../config/load.ts';
import type { Logger } from '../log.ts';
import type { Database } from '../store/database.ts';
import { UserStore } from '../store/users.ts';
import type { DataPaths } from './data-dir.ts';
import type { HealthMonitor } from './health-monitor.ts';

export interface StartAuditDeps {
  db: Database;
  paths: DataPaths;
  config: EffectiveConfig;
  cameras: CameraRegistry;
  health: HealthMonitor;
  log: Logger;
}

/** The audit log, before anybody can call. */
export function startAudit({ db, paths, config, cameras, health, log }: StartAuditDeps): AuditLog {
  const users = new UserStore(db);
  const audit = new AuditLog({
    db,
    dir: paths.audit,
    config: config.security,
    resolve: (device) => cameras.find(device)?.device,
    userNamed: (name) => users.find(name)?.name,
    onProblem: () => health.noteChange(),
    log,
  });
  health.parts.audit = audit;
  audit.start();
  return audit;
}
