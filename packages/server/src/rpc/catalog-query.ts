import type { CatalogQuery } from '../store/catalog-query.ts';
import type { CallContext } from './call.ts';

interface PageParams {
  limit: number;
  offset: number;
  from?: string | undefined;
  to?: string | undefined;
  order: 'asc' | 'desc';
}

/** The list methods' params as the catalog takes them; `device` is resolved already, and what the caller may not see is left out. */
export function catalogQuery(
  { limit, offset, from, to, order }: PageParams,
  device: string | undefined,
  { identity }: Pick<CallContext, 'identity'>,
): CatalogQuery {
  return {
    limit,
    offset,
    order,
    device,
    cameras: device === undefined ? identity?.cameras : undefined,
    from: from === undefined ? undefined : Date.parse(from),
    to: to === undefined ? undefined : Date.parse(to),
  };
}
