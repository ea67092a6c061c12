import type { Connection } from '../database.js';

/** One step from version − 1 to `version` of the schema. Runs inside a transaction, so it is all there or not at all. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly up: (database: Pick<Connection, 'exec' | 'prepare'>) => void;
}
