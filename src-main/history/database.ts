import Database from 'better-sqlite3';
import { findBinding } from './binding.js';

declare const readable: unique symbol;
declare const writable: unique symbol;

/** The connection as a table's reading functions see it. Handles are branded, so that a reader cannot write. */
export interface ReadableDatabase {
  readonly [readable]: true;
}
/** The connection as a table's writing functions see it; only inside {@link inTransaction}. */
export interface WritableDatabase extends ReadableDatabase {
  readonly [writable]: true;
}

export type Connection = Database.Database;
export type Value = string | number | bigint | Uint8Array | null;
export type Row = Record<string, Value>;
export type Parameters = Readonly<Record<string, Value>>;

/** Milliseconds to wait for another writer. */
export const BUSY_TIMEOUT_MS = 5000;

/** Opens a database file; an `ATTACH`-free, extension-free connection. */
export function connect(file: string, options: { readonly timeout?: number } = {}): Connection {
  const nativeBinding = findBinding();
  return new Database(file, {
    timeout: options.timeout ?? BUSY_TIMEOUT_MS,
    ...(nativeBinding === undefined ? {} : { nativeBinding }),
  });
}

export function asReadable(connection: Connection): ReadableDatabase {
  return connection as unknown as ReadableDatabase;
}

/**
 * Runs `action` in one IMMEDIATE transaction: it has the write lock before it reads, so it never finds at its first write
 * that another process has changed what it read.
 */
export function inTransaction<T>(connection: Connection, action: (database: WritableDatabase) => T): T {
  return connection.transaction(() => action(connection as unknown as WritableDatabase)).immediate();
}

const statements = new WeakMap<object, Map<string, Database.Statement>>();

function prepare(database: ReadableDatabase, sql: string): Database.Statement {
  const connection = database as unknown as Connection;
  let prepared = statements.get(connection);
  if (!prepared) statements.set(connection, (prepared = new Map<string, Database.Statement>()));
  let statement = prepared.get(sql);
  if (!statement) prepared.set(sql, (statement = connection.prepare(sql)));
  return statement;
}

export function all(database: ReadableDatabase, sql: string, parameters: Parameters = {}): Row[] {
  return prepare(database, sql).all(parameters) as Row[];
}

export function first(database: ReadableDatabase, sql: string, parameters: Parameters = {}): Row | undefined {
  return prepare(database, sql).get(parameters) as Row | undefined;
}

/** Runs a statement that writes; the number of rows it changed and the key of the row it inserted. */
export function write(
  database: WritableDatabase,
  sql: string,
  parameters: Parameters = {},
): { readonly changes: number; readonly key: number } {
  const { changes, lastInsertRowid } = prepare(database, sql).run(parameters);
  return { changes, key: Number(lastInsertRowid) };
}
