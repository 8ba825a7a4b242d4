import { useApp, useAppState } from '../app-context.ts';
import { CloseIcon, WarningIcon } from '../icons.tsx';
import { texts } from '../texts.ts';
import styles from './tile-top.module.css';

/** Failures of what was asked for here; each stays until it is dismissed. */
export function TileNotices({ device }: { device: string }) {
  const { store } = useApp();
  const notices = useAppState((state) => state.notices);
  const own = notices.filter((notice) => notice.device === device);
  return (
    <div className={styles.notices} role="alert">
      {own.map(({ id, title, remedy }) => (
        <div key={id} className={styles.notice}>
          <WarningIcon />
          <p>
            <strong>{title}.</strong> {remedy}
          </p>
          <button
            type="button"
            className={styles.dismiss}
            aria-label={texts.dismiss}
            onClick={() => store.dismissNotice(id)}
          >
            <CloseIcon />
          </button>
        </div>
      ))}
    </div>
  );
}
