import { useAppState } from './app-context.ts';
import { LivePage } from './live/live-page.tsx';
import { useSettingsRoute } from './route.ts';
import { Announcer } from './session/announcer.tsx';
import { LoginPage } from './session/login-page.tsx';
import { SettingsHost } from './session/settings-host.tsx';

export function AppView() {
  const isAuthenticated = useAppState((state) => state.isAuthenticated);
  const isAdmin = useAppState((state) => state.role === 'admin');
  const section = useSettingsRoute();
  return (
    <>
      {!isAuthenticated && <LoginPage />}
      {isAuthenticated && (isAdmin && section ? <SettingsHost section={section} /> : <LivePage />)}
      <Announcer />
    </>
  );
}
