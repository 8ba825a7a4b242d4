import { AppError } from '../../errors.ts';

export function notYet(): never {
  throw new AppError('unsupported', { reason: 'not_yet', feature: 'method', details: 'not there yet' });
}
