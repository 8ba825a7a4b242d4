import { useCallback, useRef, useState } from 'react';
import { isMediaDown } from '../app-state.ts';
import { useAppState } from '../app-context.ts';
import { keyOf, type Clip } from '../clips/clip.ts';
import { ClipStrip } from '../clips/clip-strip.tsx';
import { ClipViewer } from '../clips/clip-viewer.tsx';
import { EmptyPage } from '../session/empty-page.tsx';
import { NotesForAdmins } from '../session/for-admins.tsx';
import { Header } from '../session/header.tsx';
import { HealthNotice } from '../session/health-notice.tsx';
import { KeysDialog } from '../session/keys-dialog.tsx';
import { CameraTile } from './camera-tile.tsx';
import styles from './live-page.module.css';
import { PanelHost } from './panel-host.tsx';
import { useKeys } from './use-keys.ts';
import { usePanelRoute } from './use-panel-route.ts';

export function LivePage() {
  const cameras = useAppState((state) => state.cameras);
  const isDown = useAppState(isMediaDown);
  const [fullDevice, setFullDevice] = useState<string | null>(null);
  const [openKey, setOpenKey] = useState<string | null>(null);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const gridRef = useRef<HTMLDivElement>(null);
  const full = cameras.some(({ device }) => device === fullDevice) ? fullDevice : null;
  const toggleFull = useCallback(
    (device: string) => setFullDevice((now) => (now === device ? null : device)),
    [],
  );
  const panel = usePanelRoute();
  const openClip = useCallback((clip: Clip) => setOpenKey(keyOf(clip)), []);
  useKeys({
    gridRef,
    isPaused: openKey !== null || isHelpOpen || panel.device !== null,
    full,
    toggleFull,
    leaveFull: () => setFullDevice(null),
    openHelp: () => setHelpOpen(true),
    openDetails: panel.open,
  });

  return (
    <div
      className={styles.page}
      data-full={full !== null || undefined}
      data-panel={panel.device !== null || undefined}
    >
      <Header onKeys={() => setHelpOpen(true)} />
      <main className={styles.main}>
        <HealthNotice />
        {cameras.length === 0 && !isDown && <EmptyPage />}
        <div className={styles.grid} style={gridShape(full === null ? cameras.length : 1)} ref={gridRef}>
          {cameras.map((camera) => (
            <CameraTile
              key={camera.device}
              camera={camera}
              isFull={camera.device === full}
              isHidden={full !== null && camera.device !== full}
              onToggleFull={toggleFull}
              onOpenDetails={panel.open}
            />
          ))}
        </div>
      </main>
      {cameras.length > 0 && <ClipStrip onOpen={openClip} />}
      <NotesForAdmins />
      <ClipViewer openKey={openKey} onOpen={setOpenKey} />
      <PanelHost panel={panel} />
      <KeysDialog isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}

/** One fills the view, two share it, four make a square; from ten on rows scroll. */
function gridShape(count: number): Record<string, number> {
  const columns = count <= 1 ? 1 : count <= 4 ? 2 : count <= 9 ? 3 : 4;
  return { '--columns': columns, '--rows': Math.min(Math.ceil(count / columns), 3) || 1 };
}
