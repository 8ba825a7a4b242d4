import { useAppState } from '../app-context.ts';
import { texts } from '../texts.ts';
import styles from './page.module.css';

export function EmptyPage() {
  const isStarting = useAppState((state) => state.isStarting);
  return (
    <div className={styles.panel}>
      <span className={styles.frame} aria-hidden="true" />
      <h2>{texts.empty.title}</h2>
      {isStarting && <p>{texts.systemStarting}</p>}
      <p>{texts.empty.text}</p>
      <section className={styles.aside}>
        <h3>{texts.empty.tryTitle}</h3>
        <p>{texts.empty.tryText}</p>
        <code>{texts.empty.command}</code>
      </section>
    </div>
  );
}
