import type { ReactNode } from 'react';
import { useAppState } from '../app-context.ts';
import { useAnswer, type Ask } from '../use-answer.ts';
import { FirstAccount } from './first-account.tsx';
import { usePutAside } from './put-aside.ts';

const hasUsers: Ask<boolean> = async (client, signal) =>
  (await client.call('list_users', {}, { signal })).users.length > 0;

/** While there is no user at all; put aside, it stays away in this browser, and the settings offer it still. */
export function AccountOffer(): ReactNode {
  const hasPassword = useAppState((state) => state.hasPassword);
  const { value: isTaken = true } = useAnswer(hasUsers);
  const [aside, putAside] = usePutAside(localStorage, 'account-offer');
  if (isTaken || hasPassword || aside !== null) return null;
  return <FirstAccount onLater={() => putAside('later')} />;
}
