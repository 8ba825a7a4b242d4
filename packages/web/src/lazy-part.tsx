import { lazy, useEffect, useRef, type ComponentType } from 'react';
import { useAppState } from './app-context.ts';
import { texts } from './texts.ts';
import styles from './lazy-part.module.css';

/**
 * In place of a part whose file could not be loaded: the service is away, or was replaced by another version. What
 * opens and closes is told in the corner.
 */
function Unavailable(props: object) {
  const canClose = 'isOpen' in props;
  const isWanted = !canClose || props.isOpen === true;
  const isConnected = useAppState(({ connection }) => connection.status === 'open');
  useReloadOnReturn({ isWanted, isConnected });
  if (!isWanted) return null;
  return (
    <div className={styles.unavailable} data-corner={canClose || undefined} role="alert">
      <p>{isConnected ? texts.unavailable.now : texts.unavailable.away}</p>
      {isConnected && (
        <button type="button" className={styles.button} onClick={() => location.reload()}>
          {texts.unavailable.reload}
        </button>
      )}
    </div>
  );
}

/** A browser does not always ask again for a file that it got no answer for; a page that is loaded anew does. */
function useReloadOnReturn({ isWanted, isConnected }: { isWanted: boolean; isConnected: boolean }): void {
  const wasAway = useRef(false);
  useEffect(() => {
    if (!isConnected) wasAway.current = true;
    else if (wasAway.current && isWanted) location.reload();
  }, [isConnected, isWanted]);
}

/** A part in its own file, which no first picture waits for. */
export function lazyPart<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): ComponentType<Props> {
  return lazy<ComponentType<Props>>(() => load().catch(() => ({ default: Unavailable })));
}
