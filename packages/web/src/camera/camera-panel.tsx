import './mantine.css';
import { Drawer, Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import type { CameraView } from '../app-state.ts';
import { useAppState } from '../app-context.ts';
import styles from './camera-panel.module.css';
import { ControlsSection } from './controls-section.tsx';
import { ForgetSection } from './forget-section.tsx';
import { HistorySection } from './history-section.tsx';
import { LendSection } from './lend-section.tsx';
import { MergeQuestion } from './merge-question.tsx';
import { PanelPicture } from './panel-picture.tsx';
import { SettingsSection } from './settings-section.tsx';
import { StateMark } from './state-mark.tsx';
import { StatusSection } from './status-section.tsx';
import { panelTexts } from './texts.ts';

interface CameraPanelProps {
  device: string;
  isOpen: boolean;
  onOpen: (device: string) => void;
  onClose: () => void;
}

/** All about one camera, beside the pictures: how it is and was, its picture controls, its settings. */
export default function CameraPanel({ device, isOpen, onOpen, onClose }: CameraPanelProps): ReactNode {
  const camera = useAppState(({ cameras }) => cameras.find((known) => known.device === device));
  return (
    <Drawer
      opened={isOpen && camera !== undefined}
      onClose={onClose}
      position="right"
      size="min(100vw, var(--panel))"
      withOverlay={false}
      lockScroll={false}
      closeOnClickOutside={false}
      returnFocus={false}
      title={camera && <PanelTitle camera={camera} />}
      closeButtonProps={{ 'aria-label': panelTexts.close, size: 40 }}
      classNames={{ content: styles.content, header: styles.header, title: styles.title, body: styles.body }}
    >
      {camera && <PanelBody key={device} camera={camera} onOpen={onOpen} onClose={onClose} />}
    </Drawer>
  );
}

function PanelTitle({ camera }: { camera: CameraView }) {
  return (
    <>
      <span className={styles.name}>{camera.name}</span>
      <StateMark state={camera.state} />
    </>
  );
}

interface PanelBodyProps {
  camera: CameraView;
  onOpen: (device: string) => void;
  onClose: () => void;
}

function PanelBody({ camera, onOpen, onClose }: PanelBodyProps) {
  const role = useAppState((state) => state.role);
  const isAdmin = role === 'admin';
  return (
    <>
      {isAdmin && <MergeQuestion camera={camera} onJoined={onOpen} />}
      <Tabs defaultValue="status" keepMounted={false} classNames={{ list: styles.tabs, tab: styles.tab }}>
        <Tabs.List aria-label={panelTexts.tabs.label}>
          <Tabs.Tab value="status">{panelTexts.tabs.status}</Tabs.Tab>
          <Tabs.Tab value="picture">{panelTexts.tabs.picture}</Tabs.Tab>
          {isAdmin && <Tabs.Tab value="settings">{panelTexts.tabs.settings}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="status" className={styles.panel}>
          <StatusSection camera={camera} />
          {role !== 'viewer' && <LendSection camera={camera} />}
          <HistorySection camera={camera} />
        </Tabs.Panel>
        <Tabs.Panel value="picture" className={styles.panel}>
          <PanelPicture camera={camera} />
          <ControlsSection camera={camera} />
        </Tabs.Panel>
        {isAdmin && (
          <Tabs.Panel value="settings" className={styles.panel}>
            <SettingsSection camera={camera} />
            <ForgetSection camera={camera} onForgotten={onClose} />
          </Tabs.Panel>
        )}
      </Tabs>
    </>
  );
}
