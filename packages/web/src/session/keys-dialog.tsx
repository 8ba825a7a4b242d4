import { Kbd, Modal } from '@mantine/core';
import { texts } from '../texts.ts';
import styles from './page.module.css';

export function KeysDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={texts.keys.title}
      size="sm"
      centered
      closeButtonProps={{ 'aria-label': texts.close }}
    >
      <dl className={styles.keys}>
        {texts.keys.rows.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <Kbd>{key}</Kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
