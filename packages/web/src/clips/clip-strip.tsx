import type { ClipFilter } from '../app-state.ts';
import { useApp, useAppState } from '../app-context.ts';
import { texts } from '../texts.ts';
import { keyOf, type Clip } from './clip.ts';
import { ClipCard } from './clip-card.tsx';
import styles from './clips.module.css';

const kinds: [ClipFilter['kind'], string][] = [
  ['all', texts.clips.all],
  ['recording', texts.clips.recordings],
  ['snapshot', texts.clips.snapshots],
];

export function ClipStrip({ onOpen }: { onOpen: (clip: Clip) => void }) {
  const { clips } = useApp();
  const { items, hasMore, status } = useAppState((state) => state.clips);
  const isEmpty = items.length === 0;
  return (
    <section className={styles.strip} aria-labelledby="clips-title">
      <div className={styles.head}>
        <h2 id="clips-title">{texts.clips.title}</h2>
        <ClipFilters />
      </div>
      {status === 'failed' && (
        <p className={styles.problem} role="alert">
          {texts.clips.unreadable}.{' '}
          <button type="button" className={styles.link} onClick={() => void clips.refresh()}>
            {texts.clips.retry}
          </button>
        </p>
      )}
      {isEmpty && status === 'ready' && (
        <p className={styles.none}>
          {texts.clips.none} {texts.clips.noneHint}
        </p>
      )}
      <ul className={styles.list} aria-label={texts.clips.title} hidden={isEmpty}>
        {items.map((clip) => (
          <li key={keyOf(clip)} className={styles.item} data-new={clip.isNew || undefined}>
            <ClipCard clip={clip} onOpen={onOpen} />
          </li>
        ))}
        {hasMore && (
          <li className={styles.item}>
            <button
              type="button"
              className={styles.more}
              disabled={status === 'loading'}
              onClick={() => void clips.loadMore()}
            >
              {texts.clips.more}
            </button>
          </li>
        )}
      </ul>
    </section>
  );
}

function ClipFilters() {
  const { clips } = useApp();
  const filter = useAppState((state) => state.clips.filter);
  const cameras = useAppState((state) => state.cameras);
  const change = (part: Partial<ClipFilter>): void => void clips.setFilter({ ...filter, ...part });
  return (
    <>
      <div className={styles.kinds} role="group" aria-label={texts.clips.kindFilter}>
        {kinds.map(([kind, label]) => (
          <button
            key={kind}
            type="button"
            aria-pressed={filter.kind === kind}
            onClick={() => change({ kind })}
          >
            {label}
          </button>
        ))}
      </div>
      {cameras.length > 1 && (
        <select
          className={styles.select}
          aria-label={texts.clips.cameraFilter}
          value={filter.device ?? ''}
          onChange={({ currentTarget }) => change({ device: currentTarget.value || null })}
        >
          <option value="">{texts.clips.allCameras}</option>
          {cameras.map(({ device, name }) => (
            <option key={device} value={device}>
              {name}
            </option>
          ))}
        </select>
      )}
    </>
  );
}
