import { Button, Modal } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useApp, useAppState } from '../app-context.ts';
import { formatDuration, formatSize, formatTime, formatTimeWithZone } from '../format.ts';
import { ChevronIcon } from '../icons.tsx';
import { texts } from '../texts.ts';
import { keyOf, type Clip } from './clip.ts';
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
  const camera = useAppState(({ cameras }) => cameras.find(({ device }) => device === clip?.device)?.name ?? clip?.device);
  const newer = items[index - 1];
  const older = index < 0 ? undefined : items[index + 1];
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
        <>
          <div className={styles.stage}>
            <ClipMedia key={keyOf(clip)} clip={clip} />
          </div>
          <div className={styles.foot}>
            <StepButton label={texts.clips.previous} isLeft onClick={() => step(newer)} isDisabled={!newer} />
            <StepButton label={texts.clips.next} onClick={() => step(older)} isDisabled={!older} />
            <ClipFacts key={keyOf(clip)} clip={clip} />
            <Button component="a" href={clip.url} download={clip.filename} variant="light">
              {texts.clips.download}
            </Button>
          </div>
        </>
      )}
    </Modal>
  );
}

function StepButton({ label, isLeft = false, isDisabled, onClick }: { label: string; isLeft?: boolean; isDisabled: boolean; onClick: () => void }) {
  return (
    <button type="button" className={styles.step} aria-label={label} title={label} disabled={isDisabled} onClick={onClick}>
      <ChevronIcon isLeft={isLeft} />
    </button>
  );
}

function ClipMedia({ clip }: { clip: Clip }) {
  const { clips } = useApp();
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  const tried = useRef(false);
  const fail = (): void => {
    setFailedUrl(clip.url);
    // Addresses expire; the list read anew has fresh ones.
    if (!tried.current) void clips.refresh();
    tried.current = true;
  };
  if (failedUrl === clip.url) return <p className={styles.unplayable}>{texts.clips.unplayable}</p>;
  if (clip.kind === 'snapshot') return <img src={clip.url} alt={clip.filename} onError={fail} />;
  return <video src={clip.url} controls autoPlay playsInline aria-label={clip.filename} onError={fail} data-clip />;
}

function ClipFacts({ clip }: { clip: Clip }) {
  const ref = useRef<HTMLDListElement>(null);
  const [measured, setMeasured] = useState<string | null>(null);
  // A recording's resolution is read from the player beside it, since the list doesn't have it.
  useEffect(() => {
    const video = ref.current?.closest('[role="dialog"]')?.querySelector<HTMLVideoElement>('video[data-clip]');
    if (!video) return undefined;
    const measure = (): void => {
      if (video.videoWidth > 0) setMeasured(`${video.videoWidth}×${video.videoHeight}`);
    };
    measure();
    video.addEventListener('loadedmetadata', measure);
    return () => video.removeEventListener('loadedmetadata', measure);
  }, []);
  const facts: [string, string, string?][] = [['Time', formatTime(clip.createdAt), formatTimeWithZone(clip.createdAt)]];
  if (clip.durationSeconds !== undefined) facts.push(['Duration', formatDuration(clip.durationSeconds)]);
  facts.push(['Size', formatSize(clip.sizeBytes)]);
  const resolution = clip.resolution ?? measured;
  if (resolution !== null) facts.push(['Resolution', resolution]);
  return (
    <dl ref={ref} className={styles.facts}>
      {facts.map(([name, value, title]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd title={title}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
