import type { Trace } from '../../vocabulary/trace.js';
import { all, write } from '../database.js';
import type { Parameters, ReadableDatabase, Row, WritableDatabase } from '../database.js';
import { count, fromJson, fromNumbers, stored, toNumbers } from '../values.js';

/** `head` names the values and the lengths of the tables; `numbers` is all tables, one behind the other. */
function toRow(run: number, { epoch, values, tables }: Trace): Parameters {
  const lengths = Object.entries(tables).map(([name, table]) => [name, table && table.length] as const);
  return {
    run,
    epoch,
    head: fromJson({ values, tables: lengths }),
    numbers: fromNumbers(Object.values(tables).flatMap((table) => table ?? [])),
  };
}

function fromRow(row: Row): Trace {
  const { values, tables } = stored(row, 'head', 'traceHead');
  const numbers = toNumbers(row['numbers']) ?? [];
  let from = 0;
  const entries = tables.map(([name, length]) => {
    if (length === null) return [name, null] as const;
    from += length;
    return [name, numbers.slice(from - length, from)] as const;
  });
  return { epoch: count(row, 'epoch'), values, tables: Object.fromEntries(entries) };
}

export function selectTraces(database: ReadableDatabase, run: number, since: number): Trace[] {
  return all(database, 'SELECT * FROM traces WHERE run = @run AND epoch > @since ORDER BY epoch', { run, since }).map(
    fromRow,
  );
}

/** Adds `trace`, and removes those of the same and of later epochs first. */
export function insertTrace(database: WritableDatabase, run: number, trace: Trace): void {
  write(database, 'DELETE FROM traces WHERE run = @run AND epoch >= @epoch', { run, epoch: trace.epoch });
  write(database, 'INSERT INTO traces VALUES (@run, @epoch, @head, @numbers)', toRow(run, trace));
}
