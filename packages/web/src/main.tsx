import { MantineProvider } from '@mantine/core';
import { createRoot } from 'react-dom/client';
import { AppContext, type App } from './app-context.ts';
import { AppStore, viewOf } from './app-state.ts';
import { AppView } from './app-view.tsx';
import { readBootstrap, readStyleNonce, type Bootstrap } from './bootstrap.ts';
import { ClipLibrary } from './clips/clip-library.ts';
import { headStart } from './early.ts';
import { CameraActions } from './live/actions.ts';
import { Feed } from './session/feed.ts';
import { PageClient } from './session/page-client.ts';
import { Renewal } from './session/renewal.ts';
import { theme } from './theme.ts';

/** A browser opens few connections to one server; thumbnails must not hold back the first live picture. */
const settleCapMs = 2_000;

function storeOf(bootstrap: Bootstrap): AppStore {
  const cameras = (bootstrap.cameras ?? []).map((camera) => viewOf(camera, undefined));
  const store = new AppStore({
    isAuthenticated: bootstrap.authenticated,
    ended: null,
    isLeaving: false,
    role: bootstrap.role ?? null,
    user: bootstrap.user ?? null,
    hasPassword: bootstrap.has_password ?? false,
    connection: { status: 'connecting' },
    hadConnection: false,
    wasOpen: false,
    isSettled: false,
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
  const client = new PageClient({ url: new URL('/ws', location.href).href.replace(/^http/, 'ws') });
  const clips = new ClipLibrary({ client, store });
  const actions = new CameraActions({ client, store, clips });
  const app: App = { client, store, clips, actions, headStart };
  const styleNonce = readStyleNonce(document);
  // Where the dialogs' scroll lock, which takes no option, looks for it.
  Object.assign(globalThis, { __webpack_nonce__: styleNonce });
  createRoot(root).render(
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => styleNonce}>
      <AppContext value={app}>
        <AppView />
      </AppContext>
    </MantineProvider>,
  );
  setTimeout(() => store.patch({ isSettled: true }), settleCapMs);
  if (!bootstrap.authenticated) return;
  new Feed({ client, store, clips }).start(bootstrap.seq);
  new Renewal({ client, store }).start();
}

const root = document.getElementById('root');
if (root) run(root);
