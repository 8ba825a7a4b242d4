import { CameraServiceClient } from '@mediamtx-camera-service/client';
import { MantineProvider } from '@mantine/core';
import { createRoot } from 'react-dom/client';
import '@mantine/core/styles/default-css-variables.css';
import '@mantine/core/styles/baseline.css';
import '@mantine/core/styles/global.css';
import '@mantine/core/styles/UnstyledButton.css';
import '@mantine/core/styles/Button.css';
import '@mantine/core/styles/CloseButton.css';
import '@mantine/core/styles/Paper.css';
import '@mantine/core/styles/Overlay.css';
import '@mantine/core/styles/ModalBase.css';
import '@mantine/core/styles/Modal.css';
import '@mantine/core/styles/Input.css';
import '@mantine/core/styles/Kbd.css';
import './base.css';
import { AppContext, type App } from './app-context.ts';
import { AppStore, viewOf } from './app-state.ts';
import { AppView } from './app-view.tsx';
import { readBootstrap, type Bootstrap } from './bootstrap.ts';
import { ClipLibrary } from './clips/clip-library.ts';
import { CameraActions } from './live/actions.ts';
import { Feed } from './session/feed.ts';
import { theme } from './theme.ts';

function storeOf(bootstrap: Bootstrap): AppStore {
  const cameras = (bootstrap.cameras ?? []).map((camera) => viewOf(camera, undefined));
  const store = new AppStore({
    isAuthenticated: bootstrap.authenticated,
    hasEnded: false,
    role: bootstrap.role ?? null,
    connection: { status: 'connecting' },
    cameras: [],
    components: null,
    isStarting: false,
    notices: [],
    pending: {},
    flashes: {},
    clips: { filter: { kind: 'all', device: null }, items: [], hasMore: false, status: 'idle' },
    announcement: '',
  });
  store.setCameras(cameras);
  return store;
}

function run(root: HTMLElement): void {
  const bootstrap = readBootstrap(document);
  const store = storeOf(bootstrap);
  const client = new CameraServiceClient({ url: new URL('/ws', location.href).href.replace(/^http/, 'ws') });
  const clips = new ClipLibrary({ client, store });
  const app: App = { store, clips, actions: new CameraActions({ client, store, clips }) };
  createRoot(root).render(
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <AppContext value={app}>
        <AppView />
      </AppContext>
    </MantineProvider>,
  );
  if (bootstrap.authenticated) new Feed({ client, store, clips }).start(bootstrap.seq);
}

const root = document.getElementById('root');
if (root) run(root);
