export { cameraStates, leavesUse, whenUsable } from './cameras/camera-state.ts';
export { reasons as cameraReasons } from './cameras/reasons.ts';
export { BackupError } from './backup/backup-error.ts';
export { createBackup } from './backup/create-backup.ts';
export type { Manifest } from './backup/manifest.ts';
export { restoreBackup, verifyBackup, type RestoreResult } from './backup/restore.ts';
export { ConfigError, configExitCode } from './config/config-error.ts';
export {
  configKeys,
  environmentName,
  exampleOf,
  isLive,
  isProgram,
  signsTokens,
  isSecret,
  type ConfigKey,
} from './config/keys.ts';
export { loadConfig, strayVariables, type ConfigSources } from './config/load.ts';
export { ConfigKeeper } from './config/config-keeper.ts';
export { DataDirError } from './lifecycle/data-dir.ts';
export { createToken, type CreateTokenOptions } from './create-token.ts';
export { DataAccess, rotateJwtSecret, type DataAccessOptions, type OfflineMethod } from './data-access.ts';
export {
  MediaMtxController,
  type MediaMtxControllerOptions,
  type StreamConfig,
} from './mediamtx/controller.ts';
export { serve, type ServeOptions } from './serve.ts';
export { remedyFor } from './store/remedies.ts';
export type { ServiceAddresses } from './service-manager.ts';
export { serviceVersion } from './version.ts';
