import { RpcCallError } from '@mediamtx-camera-service/client';
import { explainField } from '../explain.ts';
import { problemOfNew, problemOfRepeated } from './new-password.tsx';
import { accountTexts } from './texts.ts';

/** What is typed to set a password: the name or the present password is empty, whichever is not asked. */
export interface Entry {
  user: string;
  current: string;
  password: string;
  repeated: string;
}

export type Problems = { [field in keyof Entry]?: string | null };

export const emptyEntry: Entry = { user: '', current: '', password: '', repeated: '' };

/** What is wrong before anything is sent; `isNew` asks for a name, else it is for the present password. */
export function problemsOf(entry: Entry, { isNew }: { isNew: boolean }): Problems {
  const { user, current, password, repeated } = entry;
  return {
    user: isNew && user.trim() === '' ? accountTexts.noUser : null,
    current: !isNew && current === '' ? accountTexts.noCurrent : null,
    password: problemOfNew(password),
    repeated: problemOfRepeated(password, repeated),
  };
}

/** @returns what the service finds wrong with one of the fields; null where it is about none of them */
export function problemsOfFailure(failure: unknown): Problems | null {
  if (!(failure instanceof RpcCallError)) return null;
  const { reason, param } = failure.data;
  if (reason === 'wrong_password') return { current: accountTexts.wrongCurrent };
  if (param === 'user' || param === 'password') return { [param]: explainField(failure) };
  return null;
}
