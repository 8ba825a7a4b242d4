import type { CatalogQuery } from '../store/catalog-query.ts';

interface PageParams {
  limit: number;
  offset: number;
  from?: string | undefined;
  to?: string | undefined;
  order: 'asc' | 'desc';
}

/** The list methods' params as the catalog takes them; `device` is resolved already. */
export function catalogQuery(
  { limit, offset, from, to, order }: PageParams,
  device: string | undefined,
): CatalogQuery {
  return {
    limit,
    offset,
    order,
    device,
    from: from === undefined ? undefined : Date.parse(from),
    to: to === undefined ? undefined : Date.parse(to),
  };
}
