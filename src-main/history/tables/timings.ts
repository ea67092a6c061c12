import type { Timing } from '../../vocabulary/model.js';
import { write } from '../database.js';
import type { WritableDatabase } from '../database.js';

/** One a model, machine and number of threads: the newest. */
export function replaceTiming(database: WritableDatabase, model: number, timing: Timing): void {
  write(
    database,
    `INSERT OR REPLACE INTO timings (model, machine, threads, milliseconds, images, measured_at)
     VALUES (@model, @machine, @threads, @milliseconds, @images, @measuredAt)`,
    { model, ...timing },
  );
}
