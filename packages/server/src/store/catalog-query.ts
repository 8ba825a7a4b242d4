import type { Database } from './database.ts';

export interface CatalogQuery {
  limit: number;
  offset: number;
  device?: string | undefined;
  /** Only these; absent: all. */
  cameras?: readonly string[] | undefined;
  /** Epoch milliseconds, inclusive. */
  from?: number | undefined;
  /** Epoch milliseconds, exclusive. */
  to?: number | undefined;
  order: 'asc' | 'desc';
}

export interface CatalogPage<T> {
  rows: T[];
  total: number;
}

/** One page of a catalog table, ordered by its time column and then by name, so that pages never overlap. */
export function queryCatalog<T>(
  db: Database,
  table: { name: 'recordings' | 'snapshots'; time: string },
  query: CatalogQuery,
): CatalogPage<T> {
  const conditions: [sql: string, value: string | number][] = [
    ...(query.device === undefined ? [] : ([['device = ?', query.device]] as [string, string][])),
    ...(query.cameras === undefined
      ? []
      : ([['device IN (SELECT value FROM json_each(?))', JSON.stringify(query.cameras)]] as [
          string,
          string,
        ][])),
    ...(query.from === undefined ? [] : ([[`${table.time} >= ?`, query.from]] as [string, number][])),
    ...(query.to === undefined ? [] : ([[`${table.time} < ?`, query.to]] as [string, number][])),
  ];
  const where = conditions.length > 0 ? `WHERE ${conditions.map(([sql]) => sql).join(' AND ')}` : '';
  const values = conditions.map(([, value]) => value);
  const direction = query.order === 'asc' ? 'ASC' : 'DESC';
  const { total } = db.prepare(`SELECT COUNT(*) AS total FROM ${table.name} ${where}`).get(...values) as {
    total: number;
  };
  const rows = db
    .prepare(
      `SELECT * FROM ${table.name} ${where} ORDER BY ${table.time} ${direction}, filename ${direction} LIMIT ? OFFSET ?`,
    )
    .all(...values, query.limit, query.offset) as T[];
  return { rows, total };
}
