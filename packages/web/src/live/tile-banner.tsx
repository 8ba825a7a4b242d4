import type { CameraView } from '../app-state.ts';
import { useAppState } from '../app-context.ts';
import { candidateOf } from '../camera/same-camera.ts';
import { joinSentences } from '../format.ts';
import { WarningIcon } from '../icons.tsx';
import { texts } from '../texts.ts';
import styles from './tile-top.module.css';

interface TileBannerProps {
  camera: CameraView;
  isLive: boolean;
  onOpenDetails: () => void;
}

/** What a person should know of a camera whose picture is there; more about it is in the panel. */
export function TileBanner({ camera, isLive, onOpenDetails }: TileBannerProps) {
  const { status_reason, remedy, identity } = camera;
  const candidate = useAppState((state) => candidateOf(camera, state));
  const condition = isLive ? status_reason : null;
  const notice = identity.candidates.length === 0 ? identity.notice : null;
  const text = condition ?? (candidate ? texts.maybeSame(candidate.name) : notice);
  if (text === null) return null;
  return (
    <button
      type="button"
      className={styles.banner}
      data-calm={condition === null || undefined}
      title={joinSentences([condition === null ? undefined : (remedy ?? undefined)])}
      onClick={onOpenDetails}
    >
      <WarningIcon />
      {text.charAt(0).toUpperCase() + text.slice(1)}
    </button>
  );
}
