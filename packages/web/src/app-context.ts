import type { CameraServiceClient } from '@mediamtx-camera-service/client';
import { createContext, useContext } from 'react';
import type { AppState, AppStore } from './app-state.ts';
import type { ClipLibrary } from './clips/clip-library.ts';
import type { CameraActions } from './live/actions.ts';
import type { HeadStart } from './live/head-start.ts';
import { useStore } from './store.ts';

export interface App {
  client: CameraServiceClient;
  store: AppStore;
  clips: ClipLibrary;
  actions: CameraActions;
  headStart: HeadStart;
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('useApp outside of AppContext');
  return app;
}

export function useAppState<S>(select: (state: AppState) => S): S {
  return useStore(useApp().store, select);
}
