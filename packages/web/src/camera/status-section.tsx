import type { Result } from '@mediamtx-camera-service/client';
import type { ReactNode } from 'react';
import type { CameraView } from '../app-state.ts';
import {
  formatBitrate,
  formatDuration,
  formatTime,
  formatTimeWithZone,
  joinSentences,
  withLocalTimes,
} from '../format.ts';
import { texts } from '../texts.ts';
import panelStyles from './camera-panel.module.css';
import styles from './status.module.css';
import { panelTexts } from './texts.ts';
import { useHistory } from './use-history.ts';
import { useReading, type Read } from './use-reading.ts';

type Status = Result<'get_camera_status'>;

const pollMs = 2_000;
const said = panelTexts.status;

const readStatus: Read<Status> = (client, device, signal) =>
  client.call('get_camera_status', { device }, { signal });

export function StatusSection({ camera }: { camera: CameraView }) {
  const { value: status, error } = useReading(readStatus, { device: camera.device, everyMs: pollMs });
  return (
    <section className={panelStyles.section} aria-label={said.title}>
      <Lead camera={camera} />
      {status && (
        <dl className={styles.facts}>
          {factsOf(camera, status).map(([name, value]) => (
            <Fact key={name} name={name}>
              {value}
            </Fact>
          ))}
        </dl>
      )}
      {error !== null && (
        <p className={panelStyles.problem} role="alert">
          {error}
        </p>
      )}
    </section>
  );
}

/** State, reason and remedy as sentences: what a person came for. */
function Lead({ camera }: { camera: CameraView }) {
  const { state, status_reason, reason_code, remedy } = camera;
  const { value: transitions = [] } = useHistory(camera.device);
  const since = transitions[0]?.to === state ? transitions[0].time : undefined;
  const helps = said.whatHelps[reason_code ?? ''] ?? remedy;
  return (
    <div className={styles.lead}>
      <p>
        <strong>{texts.states[state]}</strong>{' '}
        {since !== undefined && (
          <time title={formatTimeWithZone(since)}>{said.since(formatTime(since))}</time>
        )}
      </p>
      {status_reason !== null && state !== 'lent' && <p>{joinSentences([withLocalTimes(status_reason)])}</p>}
      {helps !== null && <p className={styles.quiet}>{joinSentences([helps])}</p>}
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function factsOf(camera: CameraView, { metrics, device_path, identity }: Status): [string, string][] {
  const isMeasured = metrics.uptime > 0;
  const optional: [string, string | null][] = [
    [said.measured, isMeasured ? measuredOf(metrics) : said.notMeasured],
    [said.captured, capturedAs(camera, metrics.pixel_format)],
    [said.modeReason, metrics.mode_reason && joinSentences([metrics.mode_reason])],
    [said.liveFor, isMeasured ? formatDuration(metrics.uptime) : null],
    [said.restarts, String(metrics.restarts)],
    [said.readers, String(metrics.readers)],
    [said.identity, identityOf(identity)],
    [said.notice, noticeOf(identity)],
    [said.node, device_path],
  ];
  return optional.filter((fact): fact is [string, string] => fact[1] !== null);
}

function capturedAs({ resolution, fps }: CameraView, pixelFormat: string | null): string {
  const mode = `${resolution.replace('x', '×')}, ${fps} fps`;
  return pixelFormat === null ? mode : `${pixelFormat} ${mode}`;
}

function measuredOf({ fps_actual, bitrate }: Status['metrics']): string {
  return `${fps_actual.toFixed(1)} fps, ${formatBitrate(bitrate)}`;
}

/** Where there are candidates, the page asks in its own words. */
function noticeOf({ notice, candidates }: Status['identity']): string | null {
  return notice === null || candidates.length > 0 ? null : joinSentences([notice]);
}

function identityOf({ matched_by, score }: Status['identity']): string {
  if (matched_by.length === 0) return said.isNew;
  const traits = matched_by.join(', ');
  return score === null ? traits : `${traits} (${said.points(score)})`;
}
