import type { ReactNode } from 'react';
import { WarningIcon, CloseIcon } from '../icons.tsx';
import { joinSentences } from '../format.ts';
import { settingsAddress } from '../route.ts';
import pageStyles from '../session/page.module.css';
import { useAnswer, type Ask } from '../use-answer.ts';
import { usePutAside } from './put-aside.ts';
import { accountTexts } from './texts.ts';
import styles from './warnings.module.css';

const said = accountTexts.warnings;

const readWarnings: Ask<string[]> = async (client, signal) =>
  (await client.call('get_status', {}, { signal })).warnings.map(({ reason }) => reason);

/** What works and isn't as safe as it should be; hidden, it comes back with the next session or with another warning. */
export function Warnings(): ReactNode {
  const { value: reasons = [] } = useAnswer(readWarnings);
  const [hidden, hide] = usePutAside(sessionStorage, 'hidden-warnings');
  const all = reasons.join('\n');
  if (reasons.length === 0 || hidden === all) return null;
  return (
    <section className={pageStyles.notice} aria-labelledby="warnings">
      <WarningIcon />
      <div className={styles.body}>
        <h2 id="warnings">{said.title}</h2>
        {reasons.map((reason) => (
          <p key={reason}>{joinSentences(reason.split('; '))}</p>
        ))}
        <p>
          <a className={styles.link} href={settingsAddress('configuration')}>
            {said.open}
          </a>
        </p>
      </div>
      <button
        type="button"
        className={styles.close}
        onClick={() => hide(all)}
        aria-label={said.dismiss}
        title={said.dismiss}
      >
        <CloseIcon />
      </button>
    </section>
  );
}
