import type { AuditEntry } from '@mediamtx-camera-service/protocol';

export interface AuditQuery {
  limit: number;
  offset: number;
  /** Epoch milliseconds, inclusive. */
  from?: number | undefined;
  /** Epoch milliseconds, exclusive. */
  to?: number | undefined;
  /** Whatever the case, as users are told apart. */
  user?: string | undefined;
  key_id?: string | undefined;
  method?: string | undefined;
  /** `cameraN` */
  device?: string | undefined;
  outcome?: AuditEntry['outcome'] | undefined;
  /** Only entries of these, and entries without a camera that name no file; absent: all. */
  cameras?: readonly string[] | undefined;
}

/** `SELECT …` without order and limit, and what its question marks stand for. */
export interface Selection {
  sql: string;
  values: (string | number)[];
}

type Column = 'who' | 'key_id' | 'method' | 'device' | 'outcome';

interface Condition extends Selection {
  column: Column;
}

/** Of a file that is gone nobody knows any more whose it was, and its name may tell. */
const ofNoCamera = "device IS NULL AND method NOT LIKE '%/files/%'";
/** Beyond it the newest are looked through for them. */
const maxMerged = 50;

/**
 * The entries of a query. SQLite would choose an index without knowing which filter leaves least, so that is counted
 * before, as far as a count is quick, and the others are kept from their indexes by a plus.
 */
export function selectionOf(query: AuditQuery, count: (selection: Selection) => number): Selection {
  const range = rangeOf(query);
  const equal = equalitiesOf(query);
  const { cameras } = query;
  if (cameras && equal.length === 0 && cameras.length <= maxMerged) return mergeOf(cameras, range);
  const lead = leadOf(range, equal, count);
  const parts = equal.map(({ column, sql, values }) => ({ sql: column === lead ? sql : `+${sql}`, values }));
  return select([...range, ...parts, ...(cameras ? [ofCameras(cameras)] : [])]);
}

function rangeOf({ from, to }: AuditQuery): Selection[] {
  return [
    ...(from === undefined ? [] : [{ sql: 'time >= ?', values: [from] }]),
    ...(to === undefined ? [] : [{ sql: 'time < ?', values: [to] }]),
  ];
}

function equalitiesOf({ user, key_id: keyId, method, device, outcome }: AuditQuery): Condition[] {
  const all: [Column, sql: string, value: string | undefined][] = [
    ['who', 'who = ? COLLATE NOCASE', user],
    ['key_id', 'key_id = ?', keyId],
    ['method', 'method = ?', method],
    ['device', 'device = ?', device],
    ['outcome', 'outcome = ?', outcome],
  ];
  return all.flatMap(([column, sql, value]) =>
    value === undefined ? [] : [{ column, sql, values: [value] }],
  );
}

/** The column by whose index least is to be looked through. */
function leadOf(
  range: Selection[],
  equal: Condition[],
  count: (selection: Selection) => number,
): Column | undefined {
  if (equal.length < 2) return equal[0]?.column;
  const counted = equal.map((condition) => ({
    column: condition.column,
    found: count(select([condition, ...range], '1')),
  }));
  return counted.reduce((least, next) => (next.found < least.found ? next : least)).column;
}

/** Each camera's newest by its index, merged: a sort of all that may be seen would take as long as there are entries. */
function mergeOf(cameras: readonly string[], range: Selection[]): Selection {
  const branches = [
    ...cameras.map((camera) => select([{ sql: 'device = ?', values: [camera] }, ...range])),
    select([{ sql: ofNoCamera, values: [] }, ...range]),
  ];
  return {
    sql: branches.map(({ sql }) => sql).join(' UNION ALL '),
    values: branches.flatMap(({ values }) => values),
  };
}

function ofCameras(cameras: readonly string[]): Selection {
  return {
    sql: `(+device IN (SELECT value FROM json_each(?)) OR (+${ofNoCamera}))`,
    values: [JSON.stringify(cameras)],
  };
}

function select(conditions: Selection[], columns = '*'): Selection {
  const where = conditions.length > 0 ? ` WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}` : '';
  return { sql: `SELECT ${columns} FROM audit${where}`, values: conditions.flatMap(({ values }) => values) };
}
