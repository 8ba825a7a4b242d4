import { lazy, Suspense, type ComponentType, type ReactNode } from 'react';
import { useAppState } from '../app-context.ts';

// In files of their own, and fetched once the pictures are there. Missing after an update, they come with a reload.
const Warnings = lazy(() => import('../account/warnings.tsx').catch(nothing));
const AccountOffer = lazy(() => import('../account/account-offer.tsx').catch(nothing));

export function WarningsForAdmins() {
  return <ForAdmins part={Warnings} />;
}

export function AccountOfferForAdmins() {
  return <ForAdmins part={AccountOffer} />;
}

function ForAdmins({ part: Part }: { part: ComponentType }) {
  const isWanted = useAppState(({ role, isSettled }) => role === 'admin' && isSettled);
  if (!isWanted) return null;
  return (
    <Suspense fallback={null}>
      <Part />
    </Suspense>
  );
}

function nothing(): { default: () => ReactNode } {
  return { default: () => null };
}
