import { Button, CopyButton } from '@mantine/core';
import type { Result } from '@mediamtx-camera-service/client';
import { useEffect, useRef } from 'react';
import { useAppState } from '../app-context.ts';
import styles from './new-key-card.module.css';
import partStyles from './parts.module.css';
import { settingsTexts } from './texts.ts';

const said = settingsTexts.keys.shown;

export type NewKey = Result<'create_api_key'>;

/** A key, this once, with what to do with it. */
export function NewKeyCard({ made, onDone }: { made: NewKey; onDone: () => void }) {
  const title = said.title(made.name);
  const headingRef = useRef<HTMLHeadingElement>(null);
  const rtsp = useAppState(({ cameras }) =>
    cameras.find(({ device }) => made.cameras?.includes(device) ?? true),
  )?.streams.rtsp;
  useEffect(() => headingRef.current?.focus(), []);
  return (
    <section className={styles.card} aria-label={title}>
      <h2 ref={headingRef} tabIndex={-1}>
        {title}
      </h2>
      <p className={partStyles.text}>{said.once}</p>
      <Copyable name={said.key} text={made.key} />
      <Copyable name={said.http} text={`curl -H "X-API-Key: ${made.key}" ${location.origin}/api/cameras`} />
      {rtsp !== undefined && (
        <Copyable name={said.rtsp} text={rtsp.replace('rtsp://', `rtsp://${made.key_id}:${made.key}@`)} />
      )}
      <Button variant="default" onClick={onDone}>
        {said.done}
      </Button>
    </section>
  );
}

function Copyable({ name, text }: { name: string; text: string }) {
  return (
    <div className={styles.copyable}>
      <h3>{name}</h3>
      <code>{text}</code>
      {/* Without TLS, from another machine, browsers let no page copy; a click selects the whole then. */}
      {isSecureContext && (
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy} aria-label={copied ? said.copied : said.copyOf(name)}>
              {copied ? said.copied : said.copy}
            </Button>
          )}
        </CopyButton>
      )}
    </div>
  );
}
