export {
  type Calm,
  type CalmListener,
  type Gop,
  type LatestOptions,
  TapPool,
  type TapPoolDeps,
  type TapState,
  type TapStateListener,
  type TapStats,
  type TapTarget,
} from './tap-pool.ts';
