import { Button, Modal } from '@mantine/core';
import { useRef, useState, type ReactNode } from 'react';
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
  const camera = useAppState(
    ({ cameras }) => cameras.find(({ device }) => device === clip?.device)?.name ?? clip?.device,
  );
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
        <ClipBody key={keyOf(clip)} clip={clip}>
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

function ClipBody({ clip, children }: { clip: Clip; children: ReactNode }) {
  // The list has no resolution of recordings; the player measures it.
  const [measured, setMeasured] = useState<string>();
  const resolution = clip.resolution ?? measured;
  return (
    <>
      <div className={styles.stage}>
        <ClipMedia clip={clip} onMeasured={setMeasured} />
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
        <Button component="a" href={clip.url} download={clip.filename} variant="light">
          {texts.clips.download}
        </Button>
      </div>
    </>
  );
}

function ClipMedia({ clip, onMeasured }: { clip: Clip; onMeasured: (resolution: string) => void }) {
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
  return (
    <video
      src={clip.url}
      aria-label={clip.filename}
      controls
      autoPlay
      playsInline
      onLoadedMetadata={({ currentTarget }) =>
        onMeasured(`${currentTarget.videoWidth}×${currentTarget.videoHeight}`)
      }
      onError={fail}
    />
  );
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
