import { all, write } from '../database.js';
import type { Parameters, ReadableDatabase, Row, WritableDatabase } from '../database.js';
import type { NewArchitecture, StoredArchitecture } from '../interface.js';
import { count, stored, text, toNumber, word } from '../values.js';

const SOURCES: readonly NewArchitecture['source'][] = ['result', 'argmax', 'sample'];

function toRow(run: number, architecture: NewArchitecture, createdAt: string): Parameters {
  return {
    run,
    source: architecture.source,
    genotype: JSON.stringify(architecture.genotype),
    parameters: architecture.parameters,
    multiplyAccumulates: architecture.multiplyAccumulates,
    logProbability: architecture.logProbability,
    seed: architecture.seed,
    createdAt,
  };
}

function fromRow(row: Row): StoredArchitecture {
  return {
    architecture: count(row, 'architecture'),
    run: count(row, 'run'),
    source: word(row, 'source', SOURCES),
    genotype: stored(row, 'genotype', 'genotype'),
    parameters: count(row, 'parameters'),
    multiplyAccumulates: count(row, 'multiply_accumulates'),
    logProbability: toNumber(row['log_probability']),
    seed: toNumber(row['seed']),
    createdAt: text(row, 'created_at'),
  };
}

export function selectArchitectures(database: ReadableDatabase, run: number): StoredArchitecture[] {
  return all(database, 'SELECT * FROM architectures WHERE run = @run ORDER BY architecture', { run }).map(fromRow);
}

export function insertArchitecture(
  database: WritableDatabase,
  run: number,
  architecture: NewArchitecture,
  createdAt: string,
): void {
  write(
    database,
    `INSERT INTO architectures (run, source, genotype, parameters, multiply_accumulates, log_probability, seed,
       created_at)
     VALUES (@run, @source, @genotype, @parameters, @multiplyAccumulates, @logProbability, @seed, @createdAt)`,
    toRow(run, architecture, createdAt),
  );
}

/** Removes the architecture that an earlier end of the same run left. */
export function deleteResultArchitecture(database: WritableDatabase, run: number): void {
  write(database, `DELETE FROM architectures WHERE run = @run AND source = 'result'`, { run });
}
