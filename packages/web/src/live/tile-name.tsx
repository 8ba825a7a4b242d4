import { useMediaQuery } from '@mantine/hooks';
import { useRef, useState, type KeyboardEvent } from 'react';
import type { CameraView } from '../app-state.ts';
import { useApp, useAppState } from '../app-context.ts';
import { texts } from '../texts.ts';
import styles from './camera-tile.module.css';

/** The name on the tile; an admin with a mouse or a keyboard changes it in place, a finger does so in the panel. */
export function TileName({ camera }: { camera: CameraView }) {
  const { name } = camera;
  const isAdmin = useAppState(({ role }) => role === 'admin');
  const canHover = useMediaQuery('(hover: hover)', true, { getInitialValueInEffect: false });
  const [isEditing, setEditing] = useState(false);
  if (isEditing) return <NameInput camera={camera} onDone={() => setEditing(false)} />;
  if (!isAdmin || !canHover) {
    return (
      <span className={styles.name} title={name}>
        {name}
      </span>
    );
  }
  return (
    <button
      type="button"
      className={styles.name}
      aria-label={texts.renameOf(name)}
      title={texts.hints.rename}
      onClick={() => setEditing(true)}
    >
      {name}
    </button>
  );
}

/** Enter or leaving it keeps the name, Escape doesn't; an empty one is the device's own. */
function NameInput({ camera: { device, name }, onDone }: { camera: CameraView; onDone: () => void }) {
  const { actions } = useApp();
  const isOver = useRef(false);
  const finish = async (text: string): Promise<void> => {
    if (isOver.current) return;
    isOver.current = true;
    const wanted = text.trim();
    if (wanted !== name) await actions.change({ device, name: wanted === '' ? null : wanted });
    onDone();
  };
  const handleKey = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    const { currentTarget } = event;
    // Before the focus goes, as leaving the field keeps what is in it.
    void finish(event.key === 'Enter' ? currentTarget.value : name);
    // The keys of the page go on with this camera.
    currentTarget.closest<HTMLElement>('[data-device]')?.focus();
  };
  return (
    <input
      className={styles.nameInput}
      aria-label={texts.nameLabel}
      defaultValue={name}
      maxLength={64}
      autoFocus
      spellCheck={false}
      onFocus={({ currentTarget }) => currentTarget.select()}
      onKeyDown={handleKey}
      onBlur={({ currentTarget }) => void finish(currentTarget.value)}
    />
  );
}
