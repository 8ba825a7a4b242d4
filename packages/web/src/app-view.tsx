import { useAppState } from './app-context.ts';
import { LivePage } from './live/live-page.tsx';
import { Announcer } from './session/announcer.tsx';
import { LoginPage } from './session/login-page.tsx';

export function AppView() {
  const isAuthenticated = useAppState((state) => state.isAuthenticated);
  return (
    <>
      {isAuthenticated ? <LivePage /> : <LoginPage />}
      <Announcer />
    </>
  );
}
