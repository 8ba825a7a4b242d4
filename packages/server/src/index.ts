export { cameraStates, leavesUse, whenUsable } from './cameras/camera-state.ts';
export { reasons as cameraReasons } from './cameras/reasons.ts';
export { ConfigError, configExitCode, configKeys, environmentName } from './config/load.ts';
export { createToken, type CreateTokenOptions } from './create-token.ts';
export {
  MediaMtxController,
  type MediaMtxControllerOptions,
  type StreamConfig,
} from './mediamtx/controller.ts';
export { serve, type ServeOptions } from './serve.ts';
export type { ServiceAddresses } from './service-manager.ts';
export { serviceVersion } from './version.ts';
