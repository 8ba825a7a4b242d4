import { Button, Modal } from '@mantine/core';
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { useApp, useAppState } from '../app-context.ts';
import { formatDuration, formatSize, formatTime, formatTimeWithZone } from '../format.ts';
import { ChevronIcon } from '../icons.tsx';
import { texts } from '../texts.ts';
import { useAnswer, type Ask } from '../use-answer.ts';
import { keyOf, type Clip } from './clip.ts';
import { ClipDeletion, DeleteButton } from './clip-deletion.tsx';
import { ProtectButton, ProtectedNote } from './clip-protection.tsx';
import styles from './clips.module.css';

interface ClipViewerProps {
  openKey: string | null;
  onOpen: (key: string | null) => void;
}

/** A clip in large, with its neighbours an arrow away. */
export function ClipViewer({ openKey, onOpen }: ClipViewerProps) {
  const items = useAppState((state) => state.clips.items);
  const index = items.findIndex((clip) => keyOf(clip) === openKey);
  const clip = items[index];
  const camera = useAppState(
    ({ cameras }) => cameras.find(({ device }) => device === clip?.device)?.name ?? clip?.device,
  );
  const newer = items[index - 1];
  const older = index < 0 ? undefined : items[index + 1];
  const isGone = openKey !== null && clip === undefined;
  useEffect(() => {
    // Deleted elsewhere: the keys are the page's again.
    if (isGone) onOpen(null);
  }, [isGone, onOpen]);
  const step = (to: Clip | undefined): void => {
    if (to) onOpen(keyOf(to));
  };
  return (
    <Modal
      opened={clip !== undefined}
      onClose={() => onOpen(null)}
      title={clip && `${clip.kind === 'recording' ? texts.clips.recording : texts.clips.snapshot}, ${camera}`}
      size="min(72rem, 96vw)"
      centered
      padding="md"
      closeButtonProps={{ 'aria-label': texts.close }}
      onKeyDown={({ key, target }) => {
        if (target instanceof HTMLVideoElement) return;
        if (key === 'ArrowLeft') step(newer);
        if (key === 'ArrowRight') step(older);
      }}
    >
      {clip && (
        <ClipBody key={keyOf(clip)} clip={clip} onDelete={() => onOpen(older ? keyOf(older) : null)}>
          <StepButton label={texts.clips.previous} isLeft onClick={() => step(newer)} isDisabled={!newer} />
          <StepButton label={texts.clips.next} onClick={() => step(older)} isDisabled={!older} />
        </ClipBody>
      )}
    </Modal>
  );
}

interface StepButtonProps {
  label: string;
  isLeft?: boolean;
  isDisabled: boolean;
  onClick: () => void;
}

function StepButton({ label, isLeft = false, isDisabled, onClick }: StepButtonProps) {
  return (
    <button
      type="button"
      className={styles.step}
      aria-label={label}
      title={label}
      disabled={isDisabled}
      onClick={onClick}
    >
      <ChevronIcon isLeft={isLeft} />
    </button>
  );
}

interface ClipBodyProps {
  clip: Clip;
  /** Before it is gone, so that another one is there in its place. */
  onDelete: () => void;
  children: ReactNode;
}

function ClipBody({ clip, onDelete, children }: ClipBodyProps) {
  const isOperator = useAppState((state) => state.role !== 'viewer');
  const [deletion, setDeletion] = useState<'none' | 'asked' | 'kept'>('none');
  const resolution = useResolution(clip);
  return (
    <>
      <div className={styles.stage}>
        <ClipMedia clip={clip} />
      </div>
      <div className={styles.foot}>
        {children}
        <dl className={styles.facts}>
          {factsOf(clip, resolution).map(({ name, value, title }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd title={title}>{value}</dd>
            </div>
          ))}
        </dl>
        {deletion === 'asked' && !clip.isProtected ? (
          <ClipDeletion clip={clip} onDelete={onDelete} onCancel={() => setDeletion('kept')} />
        ) : (
          <div className={styles.buttons}>
            <Button component="a" href={clip.url} download={clip.filename} variant="light">
              {texts.clips.download}
            </Button>
            {clip.isProtected && !isOperator && <ProtectedNote />}
            {clip.kind === 'recording' && isOperator && <ProtectButton clip={clip} />}
            {isOperator && (
              <DeleteButton
                isProtected={clip.isProtected}
                onClick={() => setDeletion('asked')}
                autoFocus={deletion === 'kept'}
              />
            )}
          </div>
        )}
      </div>
    </>
  );
}

/** The list has none of recordings; their files tell it, also where this browser can't play them. */
function useResolution({ kind, filename, resolution }: Clip): string | undefined {
  const ask: Ask<string | null> = useCallback(
    async (client, signal) =>
      kind === 'recording'
        ? (await client.call('get_recording_info', { filename }, { signal })).resolution
        : null,
    [kind, filename],
  );
  const { value: read } = useAnswer(ask);
  return resolution ?? read?.replace('x', '×');
}

function ClipMedia({ clip }: { clip: Clip }) {
  const { clips } = useApp();
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  const hasRefreshed = useRef(false);
  const fail = (): void => {
    setFailedUrl(clip.url);
    // Addresses expire; the list read anew has fresh ones.
    if (!hasRefreshed.current) void clips.refresh();
    hasRefreshed.current = true;
  };
  if (failedUrl === clip.url) return <p className={styles.unplayable}>{texts.clips.unplayable}</p>;
  if (clip.kind === 'snapshot') return <img src={clip.url} alt={clip.filename} onError={fail} />;
  return <video src={clip.url} aria-label={clip.filename} controls autoPlay playsInline onError={fail} />;
}

interface Fact {
  name: string;
  value: string;
  title?: string;
}

function factsOf({ createdAt, durationSeconds, sizeBytes }: Clip, resolution: string | undefined): Fact[] {
  const { time, duration, size, resolution: resolutionName } = texts.clips.facts;
  return [
    { name: time, value: formatTime(createdAt), title: formatTimeWithZone(createdAt) },
    ...(durationSeconds === undefined ? [] : [{ name: duration, value: formatDuration(durationSeconds) }]),
    { name: size, value: formatSize(sizeBytes) },
    ...(resolution === undefined ? [] : [{ name: resolutionName, value: resolution }]),
  ];
}
