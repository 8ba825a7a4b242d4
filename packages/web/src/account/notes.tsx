import './mantine.css';
import type { ReactNode } from 'react';
import { AccountOffer } from './account-offer.tsx';
import styles from './notes.module.css';
import { Warnings } from './warnings.tsx';

/** What an administrator should know or do. The last of the page and always in view: coming, it moves nothing. */
export default function Notes(): ReactNode {
  return (
    <div className={styles.notes}>
      <Warnings />
      <AccountOffer />
    </div>
  );
}
