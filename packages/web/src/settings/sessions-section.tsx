import { Button } from '@mantine/core';
import type { Result } from '@mediamtx-camera-service/client';
import { useApp } from '../app-context.ts';
import { formatTime } from '../format.ts';
import { useAnswer, type Ask } from '../use-answer.ts';
import { Ago, Confirmation, Waiting } from './parts.tsx';
import styles from './parts.module.css';
import { useCameraNames } from './rights-fields.tsx';
import { settingsTexts } from './texts.ts';
import { useInPlace } from './use-in-place.ts';

const said = settingsTexts.sessions;
/** Nobody tells who comes and goes. */
const everyMs = 5_000;

type Session = Result<'list_sessions'>['sessions'][number];

const readSessions: Ask<Session[]> = async (client, signal) =>
  (await client.call('list_sessions', {}, { signal })).sessions;

export function SessionsSection() {
  const { value: sessions, error, reread } = useAnswer(readSessions, { everyMs });
  if (!sessions) return <Waiting error={error} />;
  const ownFirst = [...sessions].sort((a, b) => Number(b.own) - Number(a.own));
  return (
    <ul className={styles.list} aria-label={said.list}>
      {ownFirst.map((session) => (
        <SessionRow key={session.session_id} session={session} onEnded={reread} />
      ))}
    </ul>
  );
}

function SessionRow({ session, onEnded }: { session: Session; onEnded: () => void }) {
  const { client, store } = useApp();
  const nameOf = useCameraNames();
  const { open, show, close } = useInPlace<'end'>();
  const who = session.user ?? said.nobody;
  const what = describe(session, nameOf);
  const end = async (): Promise<void> => {
    await client.call('end_session', { session_id: session.session_id });
    close();
    onEnded();
    store.announce(said.ended);
  };
  return (
    <li className={styles.row} aria-label={`${who}, ${what}`}>
      <div className={styles.head}>
        <SessionFacts session={session} who={who} what={what} />
        {!session.own && (
          <Button variant="default" aria-label={said.endOf(who, what)} onClick={() => show('end')}>
            {said.end}
          </Button>
        )}
      </div>
      {open !== null && (
        <Confirmation question={said.endQuestion(who)} confirm={said.end} onConfirm={end} onCancel={close} />
      )}
    </li>
  );
}

interface SessionFactsProps {
  session: Session;
  who: string;
  what: string;
}

function SessionFacts({ session, who, what }: SessionFactsProps) {
  const { role, remote_address: address, connected_at: since, last_call_at: lastCall } = session;
  return (
    <div className={styles.facts}>
      <h2>
        {who}
        {session.own && <span className={styles.badge}>{said.you}</span>}
      </h2>
      <span>{what}</span>
      {role !== null && <span>{settingsTexts.rights.roles[role]}</span>}
      {session.key_id !== null && <span>{session.key_id}</span>}
      <span>{said.from(address)}</span>
      <span>{said.since(formatTime(since))}</span>
      {lastCall !== null && (
        <span>
          {said.lastCall} <Ago time={lastCall} />
        </span>
      )}
    </div>
  );
}

function describe({ transport, device }: Session, nameOf: (device: string) => string): string {
  if (transport === 'websocket') return said.transports.websocket;
  return said.transports[transport](device === null ? said.unknownCamera : nameOf(device));
}
