import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import * as schema from '../schema/index.js';
import { storableText } from '../encoding/storable.js';
import { toDatabaseError } from './failures.js';
import { poolConfig, type DatabaseOptions } from './options.js';

/** Drizzle over the whole schema. */
export type Drizzle = NodePgDatabase<typeof schema>;
/** Drizzle inside a transaction. */
export type Transaction = Parameters<Parameters<Drizzle['transaction']>[0]>[0];
/** For queries that work inside a transaction and outside of one. */
export type DrizzleOrTransaction = Drizzle | Transaction;

/** Where the database reports what nobody waits for. */
export interface DatabaseLogger {
  warn(facts: object, message: string): void;
}

/** One SQL statement. With a name it is prepared once on each connection. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

/** What a statement brought. */
export interface QueryResult<Row> {
  readonly rows: readonly Row[];
  readonly rowCount: number;
}

/** Connections of the pool. */
export interface PoolMetrics {
  readonly total: number;
  readonly idle: number;
  /** Requests that wait for a connection. */
  readonly waiting: number;
  readonly max: number;
}

/**
 * A pool of connections with drizzle on top. Failures of {@link Database.query}, {@link Database.run} and
 * {@link Database.transaction} are typed: DatabaseUnavailableError, DatabaseBusyError,
 * DatabaseNotMigratedError; what `db` and `pool` throw is the driver's and goes through
 * {@link toDatabaseError}.
 */
export interface Database {
  readonly options: DatabaseOptions;
  readonly pool: pg.Pool;
  readonly db: Drizzle;
  query<Row extends object>(statement: Statement): Promise<QueryResult<Row>>;
  run<T>(work: (db: Drizzle) => Promise<T>): Promise<T>;
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** One round trip; fails where the database is not to be had. */
  ping(): Promise<void>;
  metrics(): PoolMetrics;
  /** Hears of every statement, `begin` and `commit` among them. The result ends it. */
  onQuery(listener: (text: string) => void): () => void;
  /** Waits for what is under way. May be called twice. */
  close(): Promise<void>;
}

/** Makes a pool; connects when first asked for something, so that a database may come later. */
export function createDatabase(options: DatabaseOptions, logger?: DatabaseLogger): Database {
  const pool = createPool(options, logger);
  const listeners = new Set<(text: string) => void>();
  const tell = (text: string) => listeners.forEach((listener) => listener(text));
  const db = drizzle(pool, { schema, logger: { logQuery: tell } });
  let closed: Promise<void> | null = null;

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- What a statement selects, only its author knows; the driver's own typings say it so.
  const query = async <Row extends object>({ name, text, values }: Statement) => {
    tell(text);
    const prepared = name !== undefined && options.pooler !== 'transaction';
    const config = { text, values: (values ?? []).map(storable), ...(prepared && { name }) };
    const result = await typed(() => pool.query<Row>(config));
    return { rows: result.rows, rowCount: result.rowCount ?? 0 };
  };

  return {
    options,
    pool,
    db,
    query,
    run: (work) => typed(() => work(db)),
    transaction: (work) => typed(() => db.transaction(work)),
    async ping() {
      await query({ text: 'SELECT 1' });
    },
    metrics: () => ({
      total: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      max: pool.options.max,
    }),
    onQuery(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => (closed ??= pool.end()),
  };
}

/** A pool that outlives the loss of its connections. */
export function createPool(options: DatabaseOptions, logger?: DatabaseLogger): pg.Pool {
  const pool = new pg.Pool(poolConfig(options));
  const report = (error: Error) => {
    logger?.warn({ err: error }, 'A database connection was lost; the pool opens another.');
  };
  pool.on('error', report);
  // A connection that is lost between two statements of a transaction reports here, and would end the
  // process if nobody listened; the next statement on it fails, which is enough.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** A text with U+0000, which no row can hold, would be an error; so it merely finds nothing. */
function storable(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? storableText(value) : value;
}

async function typed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toDatabaseError(error);
  }
}
